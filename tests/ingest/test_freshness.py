"""When servers want to be asked again."""

from datetime import UTC, datetime

import pytest

from services.ingest.freshness import fresh_for, seconds_until

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
AT_NOON, AT_ONE = "Sun, 01 Mar 2026 12:00:00 GMT", "Sun, 01 Mar 2026 13:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"cache-control": "public, max-age=600"}, 600.0),
        ({"cache-control": 'MAX-AGE="60"'}, 60.0),
        ({"cache-control": "max-age=600", "age": "100"}, 500.0),
        ({"cache-control": "max-age=600", "age": "9999"}, 0.0),
        ({"cache-control": "max-age=600", "age": "old"}, 600.0),
        ({"cache-control": "max-age=600, no-cache"}, 0.0),
        ({"cache-control": "s-maxage=600"}, None),
        ({"cache-control": "max-age=-1"}, None),
        ({"cache-control": "max-age=60", "expires": AT_ONE, "date": AT_NOON}, 60.0),
        ({"expires": AT_ONE, "date": AT_NOON}, 3_600.0),
        ({"expires": AT_ONE}, 3_600.0),
        ({"expires": AT_NOON, "date": AT_ONE}, 0.0),
        ({"expires": "0"}, 0.0),
    ],
)
def test_an_answer_says_for_how_long_it_is_fresh(headers: dict[str, str], seconds: float | None) -> None:
    assert fresh_for(headers, NOW) == seconds


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("Sun, 01 Mar 2026 12:01:00 GMT", 60.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert seconds_until(header, NOW) == seconds
