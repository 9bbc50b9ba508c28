"""Dates that can be read only by who wrote them, in which language, and when they were seen."""

import random
import time
from datetime import UTC, datetime

import pytest

from services.enrich.dates.in_context import read_date
from services.enrich.dates.numeric_order import Order, written_order

SEEN = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)

AGES = {
    "2 hours ago": "10:00", "about 1 hour ago": "11:00", "an hour ago": "11:00", "7 mins ago": "11:53",
    "5m ago": "11:55", "Just now": "12:00", "vor 2 Stunden": "10:00", "vor einer Stunde": "11:00",
    "il y a 3 heures": "09:00", "hace 5 minutos": "11:55", "2 ore fa": "10:00", "há 3 horas": "09:00",
    "3 uur geleden": "09:00", "för 2 timmar sedan": "10:00", "for 2 timer siden": "10:00", "2 tuntia sitten": "10:00",
    "2 godziny temu": "10:00", "před 3 hodinami": "09:00", "pred 2 urama": "10:00", "prije 2 sata": "10:00",
    "пре 2 сата": "10:00", "преди 3 часа": "09:00", "5 минут назад": "11:55", "2 години тому": "10:00",
    "πριν από 2 ώρες": "10:00", "3 saat önce": "09:00", "2 órával ezelőtt": "10:00", "acum 20 de minute": "11:40",
    "fa 3 hores": "09:00", "2 jam yang lalu": "10:00", "2 giờ trước": "10:00", "2 tunni eest": "10:00",
    "pirms 2 stundām": "10:00", "prieš 2 valandas": "10:00", "לפני שעתיים": "10:00", "منذ ٣ ساعات": "09:00",
    "3 ساعت پیش": "09:00", "2 घंटे पहले": "10:00", "২ ঘন্টা আগে": "10:00", "2 ชั่วโมงที่ผ่านมา": "10:00",
    "3時間前": "09:00", "5分钟前": "11:55", "3시간 전": "09:00",
}  # fmt: skip

DAYS_AGO = {
    "yesterday": 13, "gestern": 13, "hier": 13, "ayer": 13, "вчера": 13, "昨天": 13, "오늘": 14, "today": 14,
    "vorgestern": 12, "3 days ago": 11, "vor 3 Tagen": 11, "hace 3 días": 11, "1 week ago": 7,
}  # fmt: skip

SAME_DAY = (
    "12 March 2026", "12. März 2026", "12 mars 2026", "12 de marzo de 2026", "12 marzo 2026", "12 de março de 2026",
    "12 maart 2026", "12 mar 2026", "12. marts 2026", "12. maaliskuuta 2026", "12. mars 2026", "12 marca 2026",
    "12. března 2026", "12. marca 2026", "12. marec 2026", "12. ožujka 2026.", "12. март 2026.", "12 март 2026",
    "12 марта 2026 г.", "12 березня 2026 р.", "12 сакавіка 2026", "12 Μαρτίου 2026", "12 Mart 2026", "2026. márc. 12.",
    "12 martie 2026", "12 de març de 2026", "12. märts 2026", "2026. gada 12. marts", "2026 m. kovo 12 d.",
    "12 Mars 2026", "12 Maret 2026", "12 Mac 2026", "12 tháng 3, 2026", "ngày 12 tháng 3 năm 2026", "12 Machi 2026",
    "12 במרץ 2026", "12 مارس 2026", "12 آذار 2026", "١٢ مارس ٢٠٢٦", "12 مارچ 2026", "12 मार्च 2026", "१२ मार्च २०२६",
    "12 মার্চ 2026", "12 மார்ச் 2026", "12 มีนาคม 2569", "12 มี.ค. 2569", "12 მარტი, 2026", "12 մարտի 2026",
    "12 наурыз 2026", "2026年3月12日", "2026년 3월 12일",
)  # fmt: skip


@pytest.mark.parametrize(("text", "clock"), AGES.items())
def test_an_age_is_counted_back_from_when_it_was_seen(text: str, clock: str) -> None:
    found = read_date(text, SEEN)
    assert found is not None
    assert (f"{found.at:%d %H:%M}", found.precision, found.zone) == (f"14 {clock}", found.precision, "explicit")
    assert found.precision != "day"
    assert found.note is not None
    assert found.note.startswith("counted back from when it was seen")


@pytest.mark.parametrize(("text", "day"), DAYS_AGO.items())
def test_days_back_are_days(text: str, day: int) -> None:
    found = read_date(text, SEEN)
    assert found is not None
    assert (f"{found.at:%d %H:%M}", found.precision, found.zone) == (f"{day:02} 00:00", "day", "assumed")


@pytest.mark.parametrize("text", SAME_DAY)
def test_months_are_read_in_many_languages(text: str) -> None:
    found = read_date(text, SEEN)
    assert found is not None
    assert (f"{found.at:%F}", found.precision) == ("2026-03-12", "day")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("الأحد 12 مارس 2026 - 10:14", "2026-03-12 10:14"),
        ("12 مارس 2026 10:14 م", "2026-03-12 22:14"),
        ("Thứ Năm, 12 tháng 3, 2026 10:14", "2026-03-12 10:14"),
        ("12 มีนาคม 2569 10:14 น.", "2026-03-12 10:14"),
        ("12 марта 2026 г., 10:14", "2026-03-12 10:14"),
        ("12 כ\u05bcאפריל 2026", None),
    ],
)
def test_the_clock_behind_such_a_day_is_read_too(text: str, moment: str | None) -> None:
    found = read_date(text, SEEN)
    assert (found and f"{found.at:%F %H:%M}") == moment


@pytest.mark.parametrize(
    ("language", "day"),
    [("hr", "2026-10-15"), ("bs-BA", "2026-10-15"), ("pl", "2026-11-15"), (None, None)],
)
def test_a_month_that_means_two_is_read_by_the_language_or_not_at_all(language: str | None, day: str | None) -> None:
    found = read_date("15. listopada 2026", SEEN, language)
    assert (found and f"{found.at:%F}") == day


@pytest.mark.parametrize(
    ("text", "language", "order", "day", "why"),
    [
        ("03/02/2026", None, None, None, ""),
        ("03/02/2026", "en", None, None, ""),
        ("03/02/2026", "en-US", None, "2026-03-02", "month first, as usual in en-US"),
        ("03/02/2026", "en-gb", None, "2026-02-03", "day first, as usual in en-gb"),
        ("03/02/2026", "fr", None, "2026-02-03", "day first, as usual in fr"),
        ("03/02/2026", "fr-CA", None, None, ""),
        ("03/02/2026 10:14", "en-US", "day", "2026-02-03", "day first, as in other dates of the feed"),
        ("Thứ Hai, 03/02/2026", None, "day", "2026-02-03", "day first"),
        ("03/04/2026", None, None, "2026-03-04", "month first, since the other order lies ahead"),
        ("03/04/2026", "de", None, "2026-03-04", "month first, since the other order lies ahead"),
        ("03/04/26 10:14", None, "day", "2026-04-03", "day first"),
        ("05/06/2026", None, None, None, ""),  # both lie ahead
        ("03-02-05", None, "day", None, ""),  # could begin with the year
    ],
)
def test_a_date_that_could_be_two_is_told_apart_by_what_is_known_or_not_at_all(
    text: str, language: str | None, order: Order | None, day: str | None, why: str
) -> None:
    found = read_date(text, SEEN, language, order)
    assert (found and f"{found.at:%F}") == day
    assert why in ((found and found.note) or "")


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("31/12/2026", "day"),
        ("12/31/2026 10:14", "month"),
        ("31-12-2026", "day"),
        ("03/04/2026", None),
        ("2026/12/31", None),
        ("Fri, 26/06/20", "day"),
        ("Wed, 31 Dec 2003", None),
    ],
)
def test_a_date_in_doubtless_order_shows_how_its_feed_writes(text: str, order: Order | None) -> None:
    assert written_order(text) == order


@pytest.mark.parametrize(
    "text",
    [
        "tomorrow", "in 2 hours", "2 hours", "3 semaines", "2 months ago", "hour ago", "कल", "12 มี.ค. 69", "ago",
        "9999999 hours ago", "vor Stunden", "the day before", "", " ", "\ud800", "前", "3 " * 40,
    ],
)  # fmt: skip
def test_what_counts_nothing_back_is_no_date(text: str) -> None:
    assert read_date(text, SEEN) is None


def test_nothing_makes_it_raise_or_hang() -> None:
    chance = random.Random(20_260_314)
    pieces = [
        *AGES,
        *DAYS_AGO,
        *SAME_DAY,
        "03/02/2026",
        "vor " * 20,
        "1" * 60,
        "tháng " * 15,
        "م" * 60,
        "2026 m. " * 10,
    ]
    started = time.process_time()
    for _ in range(3_000):
        first, second = chance.choice(pieces), chance.choice(pieces)
        read_date(first[: chance.randrange(len(first) + 1)] + second[chance.randrange(len(second) + 1) :], SEEN, "hr")
    assert time.process_time() - started < 5
