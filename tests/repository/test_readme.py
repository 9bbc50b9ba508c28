"""Commands that the pages tell people to type exist."""

import re
from pathlib import Path

import pytest

from tests.repository.tree import ROOT

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```[^\n]*\n(.*?)^```|((?:^(?: {4}|\t)[^\n]*\n)+)", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")


def commands(page: Path) -> str:
    """The text of the page's code blocks and of its code words."""
    text = page.read_text()
    return "\n".join("".join(groups) for groups in BLOCK.findall(text)) + "\n".join(re.findall(r"`([^`\n]+)`", text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_make_targets_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"^ *(?:\$ )?make ([a-z][\w-]*)", commands(page), re.MULTILINE)) <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_compose_services_exist(page: Path) -> None:
    services = set(re.findall(r"^  ([a-z]+):$", (ROOT / "docker-compose.yml").read_text(), re.MULTILINE))
    verbs = r"docker compose (?:logs|exec|restart|stop|start|run)(?: -\S+)* ([a-z]+)"
    assert set(re.findall(verbs, commands(page))) <= services


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_to_files_lead_somewhere(page: Path) -> None:
    assert not [target for target in LINK.findall(page.read_text()) if not (page.parent / target).exists()]


def test_the_readme_says_how_to_run_and_test() -> None:
    typed = commands(ROOT / "README.md")
    assert {"make run", "make test"} <= set(re.findall(r"make \w+", typed))
    assert "docker compose up" in typed
