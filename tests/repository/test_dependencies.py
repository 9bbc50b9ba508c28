"""What is imported is declared, what is declared is locked, and what is locked is checked by hash."""

import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.repository.tree import ROOT, imports, modules

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUN, EXTRAS = PYPROJECT["project"]["dependencies"], PYPROJECT["project"]["optional-dependencies"]
TEST, TRAIN, EVALUATE = EXTRAS["dev"], EXTRAS["train"], EXTRAS["evaluate"]
BUILD = PYPROJECT["dependency-groups"]["build"]
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]*)==[^\s;\\]+", re.MULTILINE)


def normal(name: str) -> str:
    """A distribution's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def names(requirements: list[str]) -> set[str]:
    return {normal(re.split(r"[^\w.-]", requirement, maxsplit=1)[0]) for requirement in requirements}


def distributions_imported_by(paths: list[Path]) -> dict[str, set[str]]:
    """For each third-party package imported, the distributions that bring it; one that is not installed, as what is
    only needed to make models, brings itself."""
    tops = {name.partition(".")[0] for path in paths for name in imports(path, when_run=True)}
    outside = tops - sys.stdlib_module_names - {"services", "tests", "benchmarks", "training"}
    known = packages_distributions()
    return {top: {normal(name) for name in known.get(top, [top])} for top in outside}


@pytest.mark.parametrize(
    ("folders", "declared"),
    [
        (["services"], names(RUN)),
        (["tests"], names(RUN) | names(TEST)),
        (["benchmarks"], names(RUN) | names(TEST) | names(EVALUATE)),
        (["training"], names(RUN) | names(TRAIN)),
    ],
)
def test_every_package_imported_is_declared(folders: list[str], declared: set[str]) -> None:
    imported = distributions_imported_by(modules(*folders))
    assert not {top: bringers for top, bringers in imported.items() if not bringers & declared}


@pytest.mark.parametrize(
    ("lock", "requirements"),
    [
        ("requirements.lock", RUN),
        ("requirements-dev.lock", RUN + TEST),
        ("requirements-build.lock", BUILD),
        ("requirements-train.lock", RUN + TRAIN),
    ],
)
class TestLock:
    def test_names_everything_declared(self, lock: str, requirements: list[str]) -> None:
        locked = {normal(match["name"]) for match in PINNED.finditer((ROOT / lock).read_text())}
        assert names(requirements) <= locked, "run `make lock`"

    def test_has_a_hash_for_every_version(self, lock: str, requirements: list[str]) -> None:
        assert requirements
        for entry in re.split(r"\n(?=\S)", (ROOT / lock).read_text().strip()):
            assert PINNED.match(entry), entry
            assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry

    def test_says_nothing_of_where_packages_come_from(self, lock: str, requirements: list[str]) -> None:
        assert requirements
        assert not re.search(r"://|^\s*--(?!hash=)", (ROOT / lock).read_text(), re.MULTILINE)


def test_tests_run_on_the_versions_that_are_shipped() -> None:
    def pins(lock: str) -> dict[str, str]:
        found = PINNED.finditer((ROOT / lock).read_text())
        return {match["name"]: match[0] for match in found}

    shipped, tested = pins("requirements.lock"), pins("requirements-dev.lock")
    assert {name: tested.get(name) for name in shipped} == shipped


def test_the_build_is_locked_to_the_build_system_that_is_declared() -> None:
    assert set(PYPROJECT["build-system"]["requires"]) <= set(BUILD)
