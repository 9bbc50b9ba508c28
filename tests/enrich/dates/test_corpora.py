"""Dates of real feeds, where they are at hand, and the moments that another project reads in them."""

import json
import tarfile
from collections.abc import Iterator
from datetime import datetime

import pytest

from services.enrich.dates.parse import parse_date
from tests.conftest import CORPORA

ARCHIVE = CORPORA / "feeds.tar.xz"


def expected() -> Iterator[tuple[str, str]]:
    with tarfile.open(ARCHIVE) as tar:
        for member in tar:
            if "rss-parser/output/" in member.name and (file := tar.extractfile(member)):
                for entry in json.loads(file.read().decode("utf-8", "replace"))["feed"]["items"]:
                    if entry.get("isoDate") and entry.get("pubDate"):
                        yield entry["pubDate"], entry["isoDate"]


@pytest.mark.skipif(not ARCHIVE.exists(), reason="the corpus feeds is not here")
def test_every_date_is_the_moment_that_is_expected() -> None:
    dates = list(expected())
    assert len(dates) > 1_000
    found = [(text, (parsed := parse_date(text)) and parsed.at.replace(microsecond=0)) for text, _ in dates]
    assert found == [(text, datetime.fromisoformat(moment).replace(microsecond=0)) for text, moment in dates]
