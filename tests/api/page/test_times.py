"""Where a headline belongs on the front page, and how its time is explained."""

from datetime import datetime, timedelta

import pytest

from services.api.page.times import evidence, found, group
from tests.api.page.group_table import GROUPS


@pytest.mark.parametrize(("time", "now", "label"), GROUPS)
def test_the_heading_a_headline_stands_under(time: str, now: str, label: str) -> None:
    assert group(datetime.fromisoformat(time), datetime.fromisoformat(now)) == label


def test_headings_never_alternate_from_newest_to_oldest() -> None:
    now = datetime.fromisoformat("2026-03-01T00:20:00Z")
    labels = [group(now - timedelta(minutes=minutes), now) for minutes in range(0, 3 * 1440, 7)]
    changes = [label for label, before in zip(labels, [None, *labels], strict=False) if label != before]
    assert changes == ["Last hour", "Yesterday", "Friday 27 February 2026", "Thursday 26 February 2026"]


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("feed:atom:updated", "from the feed’s atom:updated"),
        ("first_seen", "when it was first seen"),
        ("page:json-ld:datePublished", "from json-ld:datePublished of its own page"),
        ("url", "from the day in its address"),
        ("stars", "by stars"),
    ],
)
def test_how_a_time_was_found_in_words(method: str, words: str) -> None:
    assert found(method) == words


def test_the_evidence_for_a_time_has_no_empty_rows() -> None:
    stamp = {
        "at": "2026-03-01T08:12:00Z",
        "raw": "Sun, 01 Mar 2026 08:12",
        "method": "feed:pubDate",
        "precision": "minute",
        "zone": "assumed",
        "adjusted": None,
    }
    assert evidence("Published", stamp) == {
        "": "Published",
        "Time": "1 March 2026, 08:12 UTC",
        "Found": "from the feed’s pubDate",
        "As written": "Sun, 01 Mar 2026 08:12",
        "Exact to the": "minute",
        "Zone": "not given; UTC is assumed",
    }
