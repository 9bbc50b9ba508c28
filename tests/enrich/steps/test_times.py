"""Which of a feed's dates are believed, and what is said about the others."""

from datetime import UTC, datetime, timedelta

import pytest

from services.contracts.articles import PageMetadata
from services.contracts.enrichments import Enrichment, Timestamp
from services.enrich.context import Context
from services.enrich.dates.learned import FeedDates
from services.enrich.pipeline import Pipeline
from services.enrich.steps.times import times_step
from tests.enrich.articles import NOON, article


def enriched(**fields: object) -> Enrichment:
    return Pipeline((times_step(),)).enrich([article(**fields)])[0]


def of_feed(dates: FeedDates, **fields: object) -> Enrichment:
    """Enriched with what earlier polls of its feed showed."""
    return Pipeline((times_step(),)).enrich([article(**fields)], [Context(dates=dates)])[0]


def page(published: str | None = None, updated: str | None = None) -> PageMetadata:
    return PageMetadata(
        url="https://harbour-courier.example/ferry",
        published=published,
        published_field="json-ld:datePublished",
        updated=updated,
        updated_field="json-ld:dateModified",
    )


def published(found: Enrichment) -> Timestamp:
    assert found.times.published is not None
    return found.times.published


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
        ("2026-03-01T12:00:30+00:00", "12:00:00", "clamped to first seen: the feed is 30 s ahead"),
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


TWO_HOURS_AHEAD = FeedDates(delays=tuple(-118 + number % 10 for number in range(40)), timed=40)
FIVE_HOURS_BEHIND = FeedDates(delays=tuple(301 + number % 10 for number in range(40)), timed=40)


def test_what_was_learned_of_a_feed_is_taken_off_its_dates_and_said() -> None:
    found = of_feed(TWO_HOURS_AHEAD, published="Sun, 01 Mar 2026 13:50:00 GMT", updated="2026-03-01T13:55:00Z")
    note = "the feed writes +02:00 time as UTC: 2 h taken off, learned from 40 polls"
    assert (published(found).at, published(found).adjusted) == (NOON - timedelta(minutes=10), note)
    assert found.times.updated is not None
    assert (found.times.updated.at, found.times.updated.adjusted) == (NOON - timedelta(minutes=5), note)


def test_a_feed_that_names_a_wrong_zone_is_put_right_too() -> None:
    found = published(of_feed(TWO_HOURS_AHEAD, published="Sun, 01 Mar 2026 08:50:00 EST"))
    assert found.at == NOON - timedelta(minutes=10)
    assert found.adjusted == "the feed is 2 h ahead: 2 h taken off, learned from 40 polls"


def test_what_a_feed_is_behind_is_added() -> None:
    found = published(of_feed(FIVE_HOURS_BEHIND, published="Sun, 01 Mar 2026 06:58:00 GMT"))
    assert found.at == NOON - timedelta(minutes=2)
    assert found.adjusted == "the feed writes -05:00 time as UTC: 5 h added, learned from 40 polls"


def test_an_offset_that_cannot_hold_for_an_article_is_not_applied_to_it() -> None:
    found = published(of_feed(FIVE_HOURS_BEHIND, published="Sun, 01 Mar 2026 11:58:00 GMT"))
    assert (found.at, found.adjusted) == (NOON - timedelta(minutes=2), None)


@pytest.mark.parametrize("raw", ["2026-03-01", "2 hours ago"])
def test_what_has_no_clock_of_its_own_is_not_put_right(raw: str) -> None:
    assert "learned" not in (published(of_feed(TWO_HOURS_AHEAD, published=raw)).adjusted or "")


@pytest.mark.parametrize(
    ("dates", "precision", "note"),
    [
        (FeedDates(), "day", "it is midnight: only the day is taken to be meant"),
        (FeedDates(midnights=5), "day", "the feed dates everything at midnight: only the day is meant"),
        (FeedDates(timed=20), "second", None),
    ],
)
def test_midnight_is_a_day_unless_the_feed_knows_the_time(dates: FeedDates, precision: str, note: str | None) -> None:
    found = published(of_feed(dates, published="Sat, 28 Feb 2026 00:00:00 +0100"))
    assert (found.precision, found.adjusted) == (precision, note)
    assert found.at == datetime(2026, 2, 27, 23, tzinfo=UTC)


def test_the_order_of_day_and_month_that_a_feed_showed_is_used_and_said() -> None:
    found = published(of_feed(FeedDates(day_first=1), published="02/01/2026 10:00"))
    assert (f"{found.at:%F}", found.adjusted) == ("2026-01-02", "day first, as in other dates of the feed")


def test_an_age_is_counted_back_from_when_the_revision_was_seen() -> None:
    found = published(enriched(published="2 hours ago"))
    assert (found.at, found.raw) == (NOON - timedelta(hours=2), "2 hours ago")


def test_without_a_date_in_the_feed_the_page_is_asked() -> None:
    found = enriched(page=page("2026-03-01T10:00:00+01:00", "2026-03-01T10:30:00+01:00")).times
    assert found.published is not None
    assert found.updated is not None
    assert (found.published.at.hour, found.published.method) == (9, "page:json-ld:datePublished")
    assert (found.updated.at.hour, found.updated.method) == (9, "page:json-ld:dateModified")


def test_the_page_dates_what_the_feed_dates_wrongly_and_the_reason_is_kept() -> None:
    found = enriched(published="2031-01-01T00:00:10Z", page=page("2026-03-01T09:00:00Z"))
    assert published(found).method == "page:json-ld:datePublished"
    assert found.skipped["times.published"].startswith("distrusted")


def test_a_page_is_not_believed_more_than_a_feed() -> None:
    found = enriched(page=page("2031-01-01T10:00:00Z"))
    assert found.times.published is None
    assert found.skipped == {
        "times.page.published": "distrusted: '2031-01-01T10:00:00Z' is 42406.0 h ahead of when it was seen"
    }


DAY = "taken from the page, since the feed names only the day"
ZONE = "taken from the page, since the feed names no zone"


@pytest.mark.parametrize(
    ("feed", "of_page", "at", "method", "adjusted", "disputed"),
    [
        # written minutes apart: the feed
        ("2026-03-01T09:00:00Z", "2026-03-01T09:20:00Z", "09:00", "feed", None, None),
        # both whole, and they differ: the feed, and what the page says
        (
            "2026-03-01T09:00:00Z",
            "2026-02-28T07:00:00+01:00",
            "09:00",
            "feed",
            None,
            "json-ld:datePublished of the page says 2026-02-28T06:00:00Z",
        ),
        ("2026-03-01", "2026-03-01T09:20:00Z", "09:20", "page", DAY, None),
        ("2026-03-01T09:00:00", "2026-03-01T09:00:00+02:00", "07:00", "page", ZONE, None),
        ("2026-03-01T09:00:00Z", "2026-03-01", "09:00", "feed", None, None),
    ],
)  # fmt: skip
def test_where_feed_and_page_differ(
    feed: str, of_page: str, at: str, method: str, adjusted: str | None, disputed: str | None
) -> None:
    found = published(enriched(published=feed, page=page(of_page)))
    assert (f"{found.at:%H:%M}", found.method.partition(":")[0]) == (at, method)
    assert (found.adjusted, found.disputed) == (adjusted, disputed)


def test_the_day_in_the_address_is_better_than_nothing() -> None:
    found = published(enriched(url="https://harbour-courier.example/2026/02/27/ferry"))
    assert found.model_dump(exclude_none=True) == {
        "at": datetime(2026, 2, 27, tzinfo=UTC),
        "raw": "/2026/02/27",
        "method": "url",
        "precision": "day",
        "zone": "assumed",
    }


@pytest.mark.parametrize("day", ["2026/03/05", "1969/07/20"])
def test_a_day_in_the_address_that_cannot_be_is_none_and_nothing_is_said(day: str) -> None:
    found = enriched(url=f"https://harbour-courier.example/{day}/ferry")
    assert (found.times.published, found.skipped) == (None, {})


def test_an_address_that_names_another_day_disputes_the_feed() -> None:
    url = "https://harbour-courier.example/2026/02/20/ferry"
    assert published(enriched(url=url, published="2026-03-01T09:00:00Z")).disputed == "the address says 2026-02-20"
    assert published(enriched(url=url, published="2026-02-21T09:00:00Z")).disputed is None
