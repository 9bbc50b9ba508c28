"""The rules of the layout (ARCHITECTURE.md, CONTRIBUTING.md), so that nobody has to remember them."""

import sys
from pathlib import Path

import pytest

from tests.repository.tree import ROOT, imports, modules, short

MAY_IMPORT = {
    "contracts": set[str](),
    "wire": {"contracts"},
    "ingest": {"contracts", "wire"},
    "enrich": {"contracts", "wire"},
    "api": {"contracts", "wire"},
    "cli": {"contracts", "wire", "ingest", "enrich", "api"},
}
LONGEST = 300
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "lib"}


def ours(path: Path) -> set[str]:
    """The parts of `services` that a module imports."""
    return {name.split(".")[1] for name in imports(path) if name.startswith("services.")}


def test_every_part_is_in_the_table_above() -> None:
    parts = {path.name for path in (ROOT / "services").iterdir() if (path / "__init__.py").exists()}
    assert parts == set(MAY_IMPORT)


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_a_part_imports_only_what_lies_below_it(part: str) -> None:
    allowed = MAY_IMPORT[part] | {part}
    trespasses = {short(path): ours(path) - allowed for path in modules(f"services/{part}") if ours(path) - allowed}
    assert not trespasses, f"services/{part} may import only {sorted(allowed)}"


def test_the_contract_needs_nothing_but_pydantic() -> None:
    outside = {name.partition(".")[0] for path in modules("services/contracts") for name in imports(path)}
    assert outside - sys.stdlib_module_names == {"pydantic", "services"}


def test_nothing_in_services_depends_on_the_tests() -> None:
    assert not [short(path) for path in modules("services") if any(name.startswith("tests") for name in imports(path))]


@pytest.mark.parametrize("service", ["ingest", "enrich", "api"])
def test_only_app_reads_settings_and_opens_clients(service: str) -> None:
    for_app_only = {
        "services.wire.process.read_settings",
        "services.wire.connection.connect",
        "os.environ",
        "os.getenv",
    }
    found = {
        short(path): set(imports(path)) & for_app_only
        for path in modules(f"services/{service}")
        if path.name not in {"app.py", "__main__.py"} and set(imports(path)) & for_app_only
    }
    assert not found


def test_no_module_is_longer_than_one_idea_can_be() -> None:
    lengths = {short(path): len(path.read_text().splitlines()) for path in modules("services")}
    assert not {path: lines for path, lines in lengths.items() if lines > LONGEST}


def test_most_modules_are_short() -> None:
    lengths = sorted(len(path.read_text().splitlines()) for path in modules("services"))
    assert lengths[len(lengths) // 2] < LONGEST / 2


def test_a_file_says_what_it_is_about() -> None:
    vague = [path for path in modules("services", "tests", "benchmarks") if VAGUE & {path.stem, path.parent.name}]
    assert not [short(path) for path in vague]
