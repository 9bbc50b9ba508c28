"""Thousands of real and malformed feeds, where they are at hand: no traceback, no hang, nothing unwritable."""

import json
import re
import tarfile
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from html import unescape
from multiprocessing import get_context
from pathlib import Path

import pytest

from services.contracts.address_key import address_key
from services.contracts.articles import Article
from services.contracts.canonical import canonical_url
from services.contracts.opml import read_opml
from services.ingest.offline import parse_lines
from services.ingest.parse import parse_feed
from tests.conftest import CORPORA

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def unpacked(name: str, folder: Path) -> list[Path]:
    archive = CORPORA / f"{name}.tar.xz"
    if not archive.exists():
        pytest.skip(f"the corpus {name} is not here")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return sorted(path for path in folder.rglob("*") if path.is_file())


def read(path: Path) -> tuple[int, int]:
    """How many articles and errors a file gives. Raises for a line that is neither."""
    articles = errors = 0
    for line in parse_lines(path, now=NOW, parse=lambda body, url: parse_feed(body, url=url)):
        line.encode()
        if "error" in (document := json.loads(line)):
            assert document["error"]["reason"]
            errors += 1
        else:
            Article.model_validate(document)
            articles += 1
    return articles, errors


def read_all(paths: list[Path]) -> dict[Path, tuple[int, int]]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        return dict(zip(paths, pool.map(read, paths, chunksize=50, timeout=80), strict=True))


def test_every_feed_gives_articles_or_one_reason(tmp_path: Path) -> None:
    results = read_all(unpacked("feeds", tmp_path))
    assert sum(articles for articles, _errors in results.values()) > 5_000
    assert all(errors <= 1 for _articles, errors in results.values())
    captured = {path.name: result for path, result in results.items() if path.parent.name == "captured"}
    assert captured
    assert [name for name, (articles, errors) in captured.items() if errors or not articles] == []


def test_every_hostile_file_is_survived(tmp_path: Path) -> None:
    assert all(errors <= 1 for _articles, errors in read_all(unpacked("hostile", tmp_path)).values())


def test_every_feed_list_is_read(tmp_path: Path) -> None:
    lists = [path for path in unpacked("opml", tmp_path) if path.suffix == ".opml"]
    assert lists
    for path in lists:
        assert read_opml(path.read_bytes(), name=path.name), path.name


def test_no_two_articles_of_the_wire_have_one_key(tmp_path: Path) -> None:
    """Two addresses with one key are spellings of the same page: they differ in scheme and `www.` alone."""
    addresses: dict[str | None, set[str]] = {}
    for path in unpacked("wire", tmp_path):
        for line in path.read_text().splitlines():
            link = unescape(json.loads(line)["link"])
            addresses.setdefault(address_key(link), set()).add(canonical_url(link) or "")
    assert len(addresses) > 50_000
    assert None not in addresses
    for merged in (urls for urls in addresses.values() if len(urls) > 1):
        assert len({re.sub(r"^https?://(www\.)?", "", url) for url in merged}) == 1, merged


def test_the_form_of_an_address_is_its_own_form(tmp_path: Path) -> None:
    address = re.compile(rb"https?://[^\s\"'<>]{1,4000}")
    urls: set[str] = set()
    for name in ("opml", "html"):
        for path in unpacked(name, tmp_path / name):
            urls |= {found.decode(errors="replace") for found in address.findall(path.read_bytes())}
    assert len(urls) > 10_000
    for url in urls | {unescape(url) for url in urls}:
        canonical, key = canonical_url(url), address_key(url)
        assert canonical_url(canonical) == canonical, url
        assert address_key(key) == key == address_key(canonical), url
