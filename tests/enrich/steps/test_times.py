"""Which of a feed's dates are believed, and what is said about the others."""

from datetime import UTC, datetime, timedelta

import pytest

from services.contracts.enrichments import Enrichment
from services.enrich.pipeline import Pipeline
from services.enrich.steps.times import times_step
from tests.enrich.articles import NOON, article


def enriched(**fields: object) -> Enrichment:
    return Pipeline((times_step(),)).enrich([article(**fields)])[0]


def test_a_time_carries_its_evidence() -> None:
    found = enriched(published="Sun, 01 Mar 2026 09:12:00 +0100", published_field="pubDate").times.published
    assert found is not None
    assert found.model_dump(exclude_none=True) == {
        "at": datetime(2026, 3, 1, 8, 12, tzinfo=UTC),
        "raw": "Sun, 01 Mar 2026 09:12:00 +0100",
        "method": "feed:pubDate",
        "precision": "second",
        "zone": "explicit",
    }


def test_without_the_name_of_its_field_a_time_is_from_published_or_updated() -> None:
    times = enriched(published="2026-03-01T10:00:00Z", updated="2026-03-01T11:00:00Z").times
    assert times.published is not None
    assert times.updated is not None
    assert (times.published.method, times.updated.method) == ("feed:published", "feed:updated")


@pytest.mark.parametrize("raw", [None, "", " \n"])
def test_an_unknown_time_is_absent_and_nothing_is_said(raw: str | None) -> None:
    found = enriched(published=raw)
    assert found.times.published is None
    assert found.skipped == {}


def test_first_seen_is_always_known() -> None:
    assert enriched().times.first_seen.model_dump(exclude_none=True) == {
        "at": NOON,
        "method": "first_seen",
        "precision": "second",
        "zone": "explicit",
    }


@pytest.mark.parametrize(
    ("raw", "at", "adjusted"),
    [
        ("2026-03-01T12:00:00Z", "12:00:00", None),
        ("2026-03-01T12:04:30Z", "12:00:00", "clamped to first seen: the feed is 270 s ahead"),
        ("2026-03-01T13:00:00Z", "12:00:00", "clamped to first seen: the feed is 3600 s ahead"),
        ("2026-03-01", "00:00:00", None),
    ],
)
def test_a_time_slightly_ahead_is_never_shown_as_such(raw: str, at: str, adjusted: str | None) -> None:
    found = enriched(published=raw).times.published
    assert found is not None
    assert (f"{found.at:%H:%M:%S}", found.adjusted) == (at, adjusted)


def test_a_bare_day_may_have_begun_somewhere_on_earth() -> None:
    found = enriched(published="2026-03-02").times.published
    assert found is not None
    assert found.at == NOON
    assert found.adjusted == "clamped to first seen: the feed is 12.0 h ahead"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("2026-03-01T13:00:01Z", "distrusted: '2026-03-01T13:00:01Z' is 3601 s ahead of when it was seen"),
        ("2026-03-03", "distrusted: '2026-03-03' is 36.0 h ahead of when it was seen"),
        ("2062-03-01T10:00:00Z", "distrusted: '2062-03-01T10:00:00Z' is 315574.0 h ahead of when it was seen"),
        ("1970-01-01T00:00:00Z", "distrusted: '1970-01-01T00:00:00Z' is before 1990"),
        ("Mon, 01 Jan 0001 00:00:00 +0000", "distrusted: 'Mon, 01 Jan 0001 00:00:00 +0000' is before 1990"),
        ("soon", "not a date that can be read without guessing: 'soon'"),
        ("04/05/2025", "not a date that can be read without guessing: '04/05/2025'"),
        ("x" * 500, f"not a date that can be read without guessing: '{'x' * 60}…'"),
    ],
)
def test_a_time_that_cannot_be_believed_is_unknown_and_the_reason_said(raw: str, reason: str) -> None:
    found = enriched(published=raw, updated=raw)
    assert (found.times.published, found.times.updated) == (None, None)
    assert found.skipped == {"times.published": reason, "times.updated": reason}


def test_what_the_parser_supplied_and_what_was_clamped_are_both_said() -> None:
    found = enriched(published="2026-03-01T12Z", first_seen=NOON - timedelta(minutes=5)).times.published
    assert found is not None
    assert found.adjusted == ("the string names only the hour; clamped to first seen: the feed is 300 s ahead")


@pytest.mark.parametrize(
    ("raw", "at"),
    [
        ("2026-03-01T12:10:00Z", NOON),  # a fast clock at first sight stays what it was
        ("2026-03-01T15:00:00Z", NOON + timedelta(hours=3)),  # the publisher moved the date on
        ("2026-03-01T18:30:00Z", NOON + timedelta(hours=6)),  # … with a fast clock
    ],
)
def test_a_later_revision_may_carry_a_later_date(raw: str, at: datetime) -> None:
    found = enriched(published=raw, revision=2, seen=NOON + timedelta(hours=6)).times.published
    assert found is not None
    assert found.at == at


def test_an_update_after_first_seen_is_no_lead() -> None:
    found = enriched(updated="2026-03-01T12:10:00Z", revision=2, seen=NOON + timedelta(hours=1)).times.updated
    assert found is not None
    assert (found.at, found.adjusted) == (NOON + timedelta(minutes=10), None)


def test_where_a_feed_dates_only_updates_the_update_is_taken_and_marked() -> None:
    found = enriched(updated="2026-03-01T09:00:00Z", updated_field="atom:updated").times.published
    assert found is not None
    assert (found.at, found.method) == (datetime(2026, 3, 1, 9, tzinfo=UTC), "feed:atom:updated")
    assert found.adjusted == "the feed gives no date of publication, this is its date of update"


def test_an_update_after_the_first_sight_dates_no_publication() -> None:
    found = enriched(updated="2026-03-03T09:00:00Z", seen=NOON + timedelta(days=2)).times.published
    assert found is not None
    assert found.at == NOON
    assert found.adjusted is not None
    assert found.adjusted.endswith("clamped to first seen")


def test_a_date_of_publication_that_is_distrusted_is_not_replaced() -> None:
    assert enriched(published="Mon, 01 Jan 0001 00:00:00 GMT", updated="2026-03-01T09:00:00Z").times.published is None
