"""What may not be in any file, and what the starter lists must be."""

import re
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest

from tests.repository.tree import ROOT, files, short

# Put together here so that this file does not hold what it looks for.
REGISTRIES = [
    ".".join(parts)
    for parts in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("deb", "debian", "org"),
        ("ghcr", "io"),
        ("quay", "io"),
        ("hub", "docker", "com"),
    ]
]
REGISTRY = re.compile("|".join(map(re.escape, REGISTRIES)))
LOCAL = re.compile(r"(?<![\w.:/})*-])/(?:" + "|".join(["work", "root", "Users", r"home/\w+", "tmp"]) + r")/\w")
LARGEST = 2_000_000


def text_of(path: Path) -> str:
    """The file as text; what is not UTF-8 is no text and gives nothing to look at."""
    try:
        return path.read_text()
    except UnicodeDecodeError:
        return ""


def test_the_patterns_find_what_they_are_for() -> None:
    assert REGISTRY.search("https://" + REGISTRIES[0] + "/simple")
    assert LOCAL.search("open('" + "/" + "work/main')")
    assert not LOCAL.search("https://harbour.example/work/7")


@pytest.mark.parametrize(
    ("what", "pattern"), [("a package registry's host", REGISTRY), ("a path of one machine", LOCAL)]
)
def test_no_file_names(what: str, pattern: re.Pattern[str]) -> None:
    named = {short(path): found[0] for path in files() if (found := pattern.search(text_of(path)))}
    assert not named, f"each names {what}"


def test_no_file_is_too_large_to_review() -> None:
    assert not [short(path) for path in files() if path.stat().st_size > LARGEST]


@pytest.mark.parametrize("path", sorted((ROOT / "feeds").glob("*.opml")), ids=short)
def test_a_starter_list_is_opml_of_named_feeds_without_repeats(path: Path) -> None:
    outlines = ElementTree.parse(path).getroot().findall("./body//outline[@xmlUrl]")
    urls = [outline.attrib["xmlUrl"] for outline in outlines]
    assert urls
    assert len(set(urls)) == len(urls)
    assert all(urlsplit(url).scheme == "https" for url in urls)
    assert all(outline.attrib["text"] and outline.attrib["htmlUrl"] for outline in outlines)
