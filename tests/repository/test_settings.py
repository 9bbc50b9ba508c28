"""Every setting is documented, with the default that it has."""

import importlib
import re
from pathlib import Path

import pytest
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from services.wire.settings import WireSettings
from tests.repository.tree import ROOT, dotted, modules, short

NAME = re.compile(r"\bDATELINE_[A-Z][A-Z_]*[A-Z]\b")
README, EXAMPLE, COMPOSE = ROOT / "README.md", ROOT / ".env.example", ROOT / "docker-compose.yml"


def settings_models() -> list[type[BaseSettings]]:
    """The shared settings, and those of every service that declares some."""
    for path in modules("services"):
        if "BaseSettings" in path.read_text() or "WireSettings" in path.read_text():
            importlib.import_module(dotted(path))
    return [WireSettings, *WireSettings.__subclasses__()]


def shown(field: FieldInfo) -> str:
    """The default as one writes it in the environment; nothing where it is worked out or there is none."""
    default = field.get_default()
    if default is None or field.is_required() or field.default_factory:
        return ""
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, tuple | list | set | frozenset):
        return ",".join(map(str, default))
    if isinstance(default, float) and default.is_integer():
        return str(int(default))
    return str(default)


def fields() -> dict[str, FieldInfo]:
    return {
        f"DATELINE_{name}".upper(): field for model in settings_models() for name, field in model.model_fields.items()
    }


def others() -> set[str]:
    """Names that compose itself or an option of the command reads, beside the services' settings."""
    substituted = re.findall(r"\$\{(DATELINE_\w+)", COMPOSE.read_text())
    read = r"(?:envvar=|environ\.get\()\"(DATELINE_\w+)"
    options = [re.findall(read, path.read_text()) for path in modules("services/cli")]
    return set(substituted).union(*options)


def documented_in_readme() -> dict[str, str]:
    """The rows of the README's settings tables by name."""
    rows = re.findall(r"^\| *`(DATELINE_\w+)` *\|.*$", README.read_text(), re.MULTILINE)
    lines = README.read_text().splitlines()
    return {name: next(line for line in lines if line.startswith("|") and f"`{name}`" in line) for name in rows}


def documented_in_example() -> dict[str, str]:
    """The assignments of `.env.example`, most of them commented out because they say the default."""
    return dict(re.findall(r"^#? ?(DATELINE_\w+)=(.*)$", EXAMPLE.read_text(), re.MULTILINE))


def test_there_are_settings_to_look_at() -> None:
    assert {model.__module__.split(".")[1] for model in settings_models()} >= {"wire", "ingest", "enrich", "api"}


def test_every_setting_says_what_it_is_for() -> None:
    assert not [name for name, field in fields().items() if not field.description]


def test_the_readme_has_a_row_for_every_setting() -> None:
    missing = (set(fields()) | others()) - set(documented_in_readme())
    rows = [
        f"| `{name}` | `{shown(fields()[name])}` | {fields()[name].description} |" for name in missing & set(fields())
    ]
    assert not missing, "\n".join(["add to the README's settings table:", *sorted(rows)])


def test_the_readme_gives_each_default_as_it_is() -> None:
    rows = documented_in_readme()
    wrong = {
        name: shown(field) for name, field in fields().items() if f"`{shown(field) or name}`" not in rows.get(name, "")
    }
    assert not wrong, "the row must show this default in backquotes"


def test_the_example_has_every_setting_with_its_default() -> None:
    example = documented_in_example()
    expected = {name: shown(field) for name, field in fields().items()}
    assert {name: example.get(name) for name in expected} == expected
    assert others() <= set(example)


@pytest.mark.parametrize("path", [README, EXAMPLE, COMPOSE, *modules("services")], ids=short)
def test_nothing_names_a_setting_that_does_not_exist(path: Path) -> None:
    assert set(NAME.findall(path.read_text())) <= set(fields()) | others()


def test_compose_passes_on_what_each_service_reads_and_an_operator_may_change() -> None:
    fixed_per_container = {"DATELINE_CONSUMER"}
    assert set(fields()) - fixed_per_container <= set(NAME.findall(COMPOSE.read_text()))
