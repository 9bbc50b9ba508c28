"""Thousands of real and malformed feeds, where they are at hand: no traceback, no hang, nothing unwritable."""

import json
import tarfile
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import pytest

from services.contracts.articles import Article
from services.ingest.offline import parse_lines
from services.ingest.opml import read_opml
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
