"""When a feed says that asking is of use."""

from datetime import UTC, datetime, timedelta

import pytest

from services.ingest.outcomes import Fetched
from services.ingest.parse import parse_feed
from services.ingest.parse.feedparser_reader import read_raw
from services.ingest.parse.xml_feed import feed_from
from services.ingest.parsers import Parsers
from services.ingest.schedule import Schedule

SUNDAY_NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR, DAY = 3_600.0, 86_400.0
URL = "https://e.example/feed"


def wait(schedule: Schedule | None, wait_s: float = 900, longest_s: float = DAY, chance: float = 0.0) -> float:
    assert schedule
    return schedule.postpone(SUNDAY_NOON, wait_s, longest_s, chance)


@pytest.mark.parametrize(
    ("hours", "skipped"),
    [
        (("4", " 5 ", "23"), (4, 5, 23)),
        (("24", "1"), (0, 1)),
        (("-1", "25", "4.5", "noon", "", "²", "3" * 5_000, "7"), (7,)),
    ],
)
def test_hours_are_those_of_gmt_and_nonsense_is_ignored(hours: tuple[str, ...], skipped: tuple[int, ...]) -> None:
    schedule = Schedule.of(hours=hours)
    assert schedule
    assert schedule.skip_hours == skipped


def test_who_skips_every_hour_or_every_day_says_nothing() -> None:
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    assert Schedule.of(hours=map(str, range(24)), days=days) is None
    assert Schedule.of(hours=map(str, range(24)), days=days[:1]) == Schedule(skip_days=(0,))
    assert Schedule.of(days=("Someday", "")) is None


@pytest.mark.parametrize(
    ("skip", "expected_s"),
    [
        (Schedule(skip_hours=(1, 2)), 900),
        (Schedule(skip_hours=(12,)), HOUR),
        (Schedule(skip_hours=(12, 13, 14)), 3 * HOUR),
        (Schedule(skip_days=(6,)), 12 * HOUR),
        (Schedule(skip_days=(6,), skip_hours=(0, 1)), 14 * HOUR),
        (Schedule(skip_days=(6, 0)), DAY),
    ],
)
def test_a_poll_is_put_off_until_the_first_hour_that_is_not_skipped(skip: Schedule, expected_s: float) -> None:
    assert wait(skip) == expected_s


def test_feeds_that_rest_until_the_same_hour_do_not_wake_at_once() -> None:
    schedule = Schedule(skip_hours=(12,))
    assert [wait(schedule, chance=chance) - HOUR for chance in (0.0, 0.5, 0.9)] == [0, 150, 270]


@pytest.mark.parametrize(
    ("period", "frequency", "base", "expected_s"),
    [
        ("hourly", "4", None, 900),
        ("hourly", "2", None, 1_800),
        ("daily", "2", None, 12 * HOUR),
        (None, "2", None, 12 * HOUR),
        ("daily", None, None, DAY),
        ("weekly", "1", None, DAY),  # no longer than the longest wait
        ("daily", "1", "2000-01-01T15:00+00:00", 3 * HOUR),
        ("daily", "1", "2000-01-01T15:00+01:00", 2 * HOUR),
        ("daily", "1", "2000-01-01T15:00", 3 * HOUR),
        ("daily", "1", "soon", DAY),
        ("hourly", "1", "1970-01-01T00:30Z", 1_800),
    ],
)
def test_the_syndication_module_says_how_often(
    period: str | None, frequency: str | None, base: str | None, expected_s: float
) -> None:
    assert wait(Schedule.of(period=period, frequency=frequency, base=base)) == expected_s


@pytest.mark.parametrize(
    ("period", "frequency"),
    [("hourly", "1"), ("hourly", None), ("sometimes", "1"), ("daily", "0"), ("daily", "often"), (None, None)],
)
def test_what_wordpress_writes_into_every_feed_is_no_wish_and_nonsense_is_none(
    period: str | None, frequency: str | None
) -> None:
    assert Schedule.of(period=period, frequency=frequency) is None


def test_a_schedule_shortens_no_wait() -> None:
    for schedule in (Schedule(skip_hours=(13,)), Schedule(every_s=60.0), Schedule(every_s=60.0, base=SUNDAY_NOON)):
        assert wait(schedule, wait_s=5 * HOUR) == 5 * HOUR
    assert wait(Schedule(skip_days=(6,)), wait_s=2 * DAY, longest_s=HOUR) == 2 * DAY


def test_hours_are_gmt_in_whatever_zone_now_is_told() -> None:
    here = SUNDAY_NOON.astimezone(tz=datetime.fromisoformat("2026-03-01T00:00+05:30").tzinfo)
    assert Schedule(skip_hours=(12,)).postpone(here, 900, DAY, 0.0) == timedelta(hours=1).total_seconds()


RSS = b"""<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel><title>E</title>
<skipHours><hour>4</hour> mixed <hour>24</hour></skipHours><skipDays><day>Monday</day><junk/></skipDays>
<sy:updatePeriod> daily </sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>
<sy:updateBase>2000-01-01T12:00+00:00</sy:updateBase><item><title>x</title><day>Friday</day></item></channel></rss>"""
TOLD = Schedule(
    skip_hours=(0, 4), skip_days=(0,), every_s=DAY / 2, base=datetime(2000, 1, 1, 12, tzinfo=UTC)
)  # fmt: skip


@pytest.mark.parametrize("body", [RSS, RSS.replace(b" mixed ", b" AT&T ")], ids=["well-formed", "broken"])
def test_both_readers_find_it(body: bytes) -> None:
    assert parse_feed(body, url=URL, content_type=None).schedule == TOLD
    assert feed_from(read_raw(body, url=URL, content_type=None), URL).schedule == TOLD


@pytest.mark.anyio
async def test_it_comes_through_the_child_that_parses() -> None:
    async with Parsers(count=1) as parsers:
        assert (await parsers.parse(Fetched(RSS, URL))).schedule == TOLD
