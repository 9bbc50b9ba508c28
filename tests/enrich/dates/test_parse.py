"""The dates that feeds contain, as they are written, and the moment that each one names."""

import random
import time

import pytest

from services.enrich.dates.parse import parse_date

EXPLICIT = {
    # RFC 822 and 2822, as they should be
    "Wed, 31 Dec 2003 10:14:55 GMT": "2003-12-31 10:14:55",
    "Wed, 31 Dec 2003 10:14:55 +0000": "2003-12-31 10:14:55",
    "Wed, 31 Dec 2003 10:14:55 -0000": "2003-12-31 10:14:55",
    "Wed, 31 Dec 2003 10:14:55 +0530": "2003-12-31 04:44:55",
    "31 Dec 2003 10:14:55 -0800": "2003-12-31 18:14:55",
    "Wed, 31 Dec 2003 10:14:55 UT": "2003-12-31 10:14:55",
    "Wed, 31 Dec 2003 10:14:55 Z": "2003-12-31 10:14:55",
    "Wed, 31 Dec 2003 10:14 GMT": "2003-12-31 10:14:00",
    "Wed, 31 Dec 03 10:14:55 GMT": "2003-12-31 10:14:55",
    "Fri, 31 Dec 99 10:14:55 GMT": "1999-12-31 10:14:55",
    "Wed, 31 Dec 103 10:14:55 GMT": "2003-12-31 10:14:55",
    "Sat, 31 Dec 2016 23:59:60 GMT": "2017-01-01 00:00:00",
    "Wed, 31 Dec 2003 10:14:55 +0100 (CET)": "2003-12-31 09:14:55",
    # … and their usual mistakes
    "Sun, 31 Dec 2003 10:14:55 GMT": "2003-12-31 10:14:55",  # it was a Wednesday
    "Wed 31 Dec 2003 10:14:55 GMT": "2003-12-31 10:14:55",
    "Wed,31 Dec 2003 10:14:55 GMT": "2003-12-31 10:14:55",
    "Wednesday, 31 December 2003 10:14:55 GMT": "2003-12-31 10:14:55",
    "Weds., 31 Dec. 2003 10:14:55 GMT": "2003-12-31 10:14:55",
    "wed, 31 dec 2003 10:14:55 gmt": "2003-12-31 10:14:55",
    "Wed, 31 Dec 2003, 10:14:55 GMT": "2003-12-31 10:14:55",
    "Wed, 31-Dec-2003 10:14:55 GMT": "2003-12-31 10:14:55",
    "Wednesday, 31-Dec-03 10:14:55 GMT": "2003-12-31 10:14:55",
    "Wed,  31  Dec  2003  10:14:55  GMT": "2003-12-31 10:14:55",
    "Wed, 31st Dec 2003 10:14:55 GMT": "2003-12-31 10:14:55",
    "Wed, Dec 31 2003 10:14:55 GMT": "2003-12-31 10:14:55",
    "  Wed, 31 Dec 2003 10:14:55 GMT\n": "2003-12-31 10:14:55",
    "Thu, 1 Jan 2004 1:02:03 GMT": "2004-01-01 01:02:03",
    "Wed, 31 Dec 2003 24:00:00 GMT": "2004-01-01 00:00:00",
    # zones: names, offsets, regions
    "Wed, 31 Dec 2003 10:14:55 EST": "2003-12-31 15:14:55",
    "Tue, 01 Jul 2003 10:14:55 EDT": "2003-07-01 14:14:55",
    "Wed, 31 Dec 2003 10:14:55 CST": "2003-12-31 16:14:55",
    "Tue, 01 Jul 2003 10:14:55 CDT": "2003-07-01 15:14:55",
    "Wed, 31 Dec 2003 10:14:55 MST": "2003-12-31 17:14:55",
    "Tue, 01 Jul 2003 10:14:55 MDT": "2003-07-01 16:14:55",
    "Wed, 31 Dec 2003 10:14:55 PST": "2003-12-31 18:14:55",
    "Tue, 01 Jul 2003 10:14:55 PDT": "2003-07-01 17:14:55",
    "Wed, 31 Dec 2003 10:14:55 CET": "2003-12-31 09:14:55",
    "Tue, 01 Jul 2003 10:14:55 CEST": "2003-07-01 08:14:55",
    "Wed, 31 Dec 2003 10:14:55 MSK": "2003-12-31 07:14:55",
    "31.12.2003 10:14 МСК": "2003-12-31 07:14:00",
    "31 Dec 2003 10:14:55 (GMT+3)": "2003-12-31 07:14:55",
    "Wed, 31 Dec 2003 10:14:55 JST": "2003-12-31 01:14:55",
    "Tue, 01 Jul 2003 10:14:55 AEST": "2003-07-01 00:14:55",
    "Wed, 31 Dec 2003 10:14:55 AEDT": "2003-12-30 23:14:55",
    "Wed, 31 Dec 2003 10:14:55 NZDT": "2003-12-30 21:14:55",
    "Wed, 31 Dec 2003 10:14:55 ET": "2003-12-31 15:14:55",
    "Tue, 01 Jul 2003 10:14:55 ET": "2003-07-01 14:14:55",
    "Wed, 31 Dec 2003 10:14:55 Europe/Berlin": "2003-12-31 09:14:55",
    "Tue, 01 Jul 2003 10:14:55 Europe/Berlin": "2003-07-01 08:14:55",
    "Wed, 31 Dec 2003 10:14:55 +01:00": "2003-12-31 09:14:55",
    "Wed, 31 Dec 2003 10:14:55 +1:00": "2003-12-31 09:14:55",
    "Wed, 31 Dec 2003 10:14:55 +01": "2003-12-31 09:14:55",
    "Wed, 31 Dec 2003 10:14:55 -0": "2003-12-31 10:14:55",
    "Wed, 31 Dec 2003 10:14:55 GMT+0100": "2003-12-31 09:14:55",
    "Wed, 31 Dec 2003 10:14:55 UTC-5": "2003-12-31 15:14:55",
    "Wed, 31 Dec 2003 10:14:55 GMT-07:00": "2003-12-31 17:14:55",
    "Wed, 31 Dec 2003 10:14:55 EST -0500": "2003-12-31 15:14:55",
    "Wed, 31 Dec 2003 10:14:55 −0500": "2003-12-31 15:14:55",
    # ISO 8601 and W3CDTF
    "2003-12-31T10:14:55Z": "2003-12-31 10:14:55",
    "2003-12-31T10:14:55+01:00": "2003-12-31 09:14:55",
    "2003-12-31T10:14:55-0800": "2003-12-31 18:14:55",
    "2003-12-31T10:14:55+01": "2003-12-31 09:14:55",
    "2003-12-31T10:14:55.25Z": "2003-12-31 10:14:55.250000",
    "2003-12-31T10:14:55,25Z": "2003-12-31 10:14:55.250000",
    "2003-12-31T10:14:55.123456789Z": "2003-12-31 10:14:55.123456",
    "2003-12-31t10:14:55z": "2003-12-31 10:14:55",
    "2003-12-31 10:14:55Z": "2003-12-31 10:14:55",
    "2003-12-31 10:14:55 +0000": "2003-12-31 10:14:55",
    "2003-12-31 10:14:55 UTC": "2003-12-31 10:14:55",
    "2003-12-31T10:14Z": "2003-12-31 10:14:00",
    "2003-12-31T24:00:00Z": "2004-01-01 00:00:00",
    "20031231T101455Z": "2003-12-31 10:14:55",
    "20031231T1014Z": "2003-12-31 10:14:00",
    "2003-W01-3T10:14:55Z": "2003-01-01 10:14:55",
    "2003-365T10:14:55Z": "2003-12-31 10:14:55",
    "2003-12-31T10:14:55+01:00[Europe/Berlin]": "2003-12-31 09:14:55",
    "2003-12-31T10:14:55-05:00Z": "2003-12-31 15:14:55",
    # asctime, date(1), JavaScript
    "Wed Dec 31 10:14:55 UTC 2003": "2003-12-31 10:14:55",
    "Wed Dec 31 10:14:55 CET 2003": "2003-12-31 09:14:55",
    "Wed Dec 31 10:14:55 2003 +0100": "2003-12-31 09:14:55",
    "Wed Dec 31 2003 10:14:55 GMT+0100 (Central European Standard Time)": "2003-12-31 09:14:55",
    # for readers, not for programs
    "December 31, 2003 10:14 AM EST": "2003-12-31 15:14:00",
    "Wed, December 31, 2003 at 10:14 PM EST": "2004-01-01 03:14:00",
    "09/15/2014 4:20 pm PST": "2014-09-16 00:20:00",
    # months and weekdays in other languages
    "Mi, 31 Dez 2003 10:14:55 +0100": "2003-12-31 09:14:55",
    "Do, 29 Mär 2018 00:00:00 +0200": "2018-03-28 22:00:00",
    "mer., 31 déc. 2003 10:14:55 +0100": "2003-12-31 09:14:55",
    "mié, 31 dic 2003 10:14:55 +0100": "2003-12-31 09:14:55",
    "mar., 01 juil. 2003 10:14:55 +0200": "2003-07-01 08:14:55",
    "Ср, 31 дек 2003 10:14:55 +0300": "2003-12-31 07:14:55",
    "31 декабря 2003 10:14:55 +0300": "2003-12-31 07:14:55",
    "śr, 31 gru 2003 10:14:55 +0100": "2003-12-31 09:14:55",
    "Τετ, 31 Δεκ 2003 10:14:55 EST": "2003-12-31 15:14:55",
    "31 Ağustos 2003 10:14:55 +0300": "2003-08-31 07:14:55",
    "2003-december-31T9:14-05:00": "2003-12-31 14:14:00",
    # seconds and milliseconds since 1970
    "1072865695": "2003-12-31 10:14:55",
    "1072865695000": "2003-12-31 10:14:55",
    "1072865695.5": "2003-12-31 10:14:55.500000",
}

ZONE_ASSUMED = {
    "Wed, 31 Dec 2003 10:14:55": "2003-12-31 10:14:55",
    "Wed, 31 Dec 2003 10:14:55 XYZ": "2003-12-31 10:14:55",
    "Wed, 31 Dec 2003 10:14:55 +9900": "2003-12-31 10:14:55",
    "Wed, 31 Dec 2003 10:14:55 +0199": "2003-12-31 10:14:55",
    "2003-12-31T10:14:55": "2003-12-31 10:14:55",
    "2003-12-31T10:14:55+00:0": "2003-12-31 10:14:55",
    "2003-12-31 10:14:55.0": "2003-12-31 10:14:55",
    "2003/12/31 10:14:55": "2003-12-31 10:14:55",
    "20031231101455": "2003-12-31 10:14:55",
    "Wed Dec 31 10:14:55 2003": "2003-12-31 10:14:55",
    "Wed Dec  3 10:14:55 2003": "2003-12-03 10:14:55",
    "Friday, December 22, 2017 - 3:09pm": "2017-12-22 15:09:00",
    "Nov. 16, 2020, 10:57 a.m.": "2020-11-16 10:57:00",
    "December 31, 2003, 12:00 AM": "2003-12-31 00:00:00",
    "December 31, 2003, 12:30 PM": "2003-12-31 12:30:00",
    "31 Dec 2003 14:30 PM": "2003-12-31 14:30:00",
    "10:14, 31 December 2003": "2003-12-31 10:14:00",
    "31.12.2003 10:14": "2003-12-31 10:14:00",
    "1.2.2003 10:14 Uhr": "2003-02-01 10:14:00",
    "31/12/2003 10:14": "2003-12-31 10:14:00",
    "12/31/2003 10:14": "2003-12-31 10:14:00",
    "10/30/23 21:55:58": "2023-10-30 21:55:58",
    "5/4/2003 3:10 PM": "2003-05-04 15:10:00",  # am and pm: the American order
    "Sat, 11 04 2020 08:51:49": "2020-04-11 08:51:49",  # only 11 April was a Saturday
    "Wed, 11/04/2020 08:51:49": "2020-11-04 08:51:49",  # only 4 November was a Wednesday
    "31 de diciembre de 2003 10:14": "2003-12-31 10:14:00",
    "Lundi, 16. Novembre 2020 - 15:54": "2020-11-16 15:54:00",
    "31 décembre 2003 à 10h14": "2003-12-31 10:14:00",
    "2003年12月31日 10:14:55": "2003-12-31 10:14:55",
    "2003年12月31日 下午3時30分": "2003-12-31 15:30:00",
    "2003년 12월 31일 오후 3:30": "2003-12-31 15:30:00",
    "2003-12-31 오전 10:14:55": "2003-12-31 10:14:55",
    "\u200e31 Dec 2003\u00a010:14": "2003-12-31 10:14:00",
    "３１ Dec ２００３ １０:１４": "2003-12-31 10:14:00",
}

DAYS = {
    "2003-12-31": "2003-12-31",
    "20031231": "2003-12-31",
    "2003-365": "2003-12-31",
    "2003-W01-3": "2003-01-01",
    "2004-02-29": "2004-02-29",
    "31 Dec 2003": "2003-12-31",
    "Wed, 31 Dec 2003": "2003-12-31",
    "Wednesday 31 December 2003": "2003-12-31",
    "December 31st, 2003": "2003-12-31",
    "Dec 31, 2003": "2003-12-31",
    "5 August, 2019": "2019-08-05",
    "31.12.2003": "2003-12-31",
    "30.10.23": "2023-10-30",
    "12/31/2003": "2003-12-31",
    "Fri, 26/06/2020": "2020-06-26",
    "4/4/2021": "2021-04-04",
    "2003. december 31.": "2003-12-31",
    "segunda-feira, 1 de março de 2021": "2021-03-01",
    "2003年12月31日": "2003-12-31",
}

NO_DATES = [
    "10:00:60 10:00",
    "", "   ", "invalid", "yesterday", "2 hours ago", "tomorrow at noon", "Wed", "Dec", "10:14:55", "GMT", "31 Dec",
    "1 Jan 19:48",  # no year
    "04/05/2021",  # 4 May or 5 April
    "03-04-05",
    "Mon, 11 04 2020 10:00",  # no Monday either way
    "2003-13-01", "2003-00-10", "2003-02-30", "31 Feb 2003", "00/05/2021", "Wed, 00 Dec 2003 10:14:55 GMT",
    "2003-12-31T25:00:00Z", "2003-12-31T10:61:00Z", "2003-12-31T24:30:00Z", "0000-00-00 00:00:00",
    "0000-01-01T00:00:00Z", "9999-12-31T24:00:00Z", "2003-W54-1", "2003-366", "2003-000",
    "12345", "99999999999999999999", "4294967295999", "version 12 of 2003", "3 March 2021 and other stories",
    "31 Foo 2003", "Decade 31, 2003", "2003-12-31Tfoo", "https://example.org/2003/12/31",
    "2003-12-31T10:14:55 in the morning",
    "\x00", "\ud800", "2003-12-31\ud800", "x" * 10_000, "1" * 101,
]  # fmt: skip


@pytest.mark.parametrize(("text", "moment"), EXPLICIT.items())
def test_a_date_with_a_zone_is_read_as_the_moment_that_it_names(text: str, moment: str) -> None:
    found = parse_date(text)
    assert found is not None
    assert (str(found.at).removesuffix("+00:00"), found.zone, found.note) == (moment, "explicit", None)


@pytest.mark.parametrize(("text", "moment"), ZONE_ASSUMED.items())
def test_a_date_without_a_known_zone_is_read_in_utc_and_marked(text: str, moment: str) -> None:
    found = parse_date(text)
    assert found is not None
    assert (str(found.at).removesuffix("+00:00"), found.zone, found.note) == (moment, "assumed", None)


@pytest.mark.parametrize(("text", "day"), DAYS.items())
def test_a_date_without_a_time_is_a_day(text: str, day: str) -> None:
    found = parse_date(text)
    assert found is not None
    assert (str(found.at), found.precision, found.zone) == (f"{day} 00:00:00+00:00", "day", "assumed")


@pytest.mark.parametrize("text", NO_DATES)
def test_what_is_no_date_or_could_be_two_is_none(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(
    ("text", "precision"),
    [
        ("2003-12-31T10:14:55Z", "second"),
        ("2003-12-31T10:14Z", "minute"),
        ("31 Dec 2003 10:14 GMT", "minute"),
        ("2003-12-31Z", "day"),
        ("2003-12-31T00:00:00Z", "second"),
        ("1072865695", "second"),
    ],
)
def test_precision_is_what_the_string_said(text: str, precision: str) -> None:
    found = parse_date(text)
    assert found is not None
    assert found.precision == precision


@pytest.mark.parametrize(
    ("text", "at", "note"),
    [
        ("2003-12", "2003-12-01 00:00:00+00:00", "only a month"),
        ("Dec. 2003", "2003-12-01 00:00:00+00:00", "only a month"),
        ("2003", "2003-01-01 00:00:00+00:00", "only a year"),
        ("2003-12-31T10Z", "2003-12-31 10:00:00+00:00", "only the hour"),
        ("31 Dec 2003 4 pm", "2003-12-31 16:00:00+00:00", "only the hour"),
        ("Wed, 31 Dec 2003 10:14:55 IST", "2003-12-31 04:44:55+00:00", "Israel and Ireland write it too"),
        ("Tue, 01 Jul 2003 10:14:55 BST", "2003-07-01 09:14:55+00:00", "Bangladesh writes it too"),
    ],
)
def test_what_had_to_be_supplied_is_said(text: str, at: str, note: str) -> None:
    found = parse_date(text)
    assert found is not None
    assert str(found.at) == at
    assert found.note is not None
    assert note in found.note


@pytest.mark.parametrize("at", ["2021-03-03 00:00", "1991-08-06 15:14", "2068-12-31 23:59"])
def test_every_month_name_is_read_in_every_position(at: str) -> None:
    year, clock = at[:4], at[-5:]
    for month, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1):
        expected = f"{year}-{month:02}-03 {clock}:00+00:00"
        for form in (
            f"3 {name} {year} {clock}",
            f"{name.title()} 3, {year} {clock}",
            f"{year}-{name.upper()}-03 {clock}",
        ):
            found = parse_date(form)
            assert found is not None, form
            assert str(found.at) == expected, form


def test_nothing_makes_it_raise_or_hang() -> None:
    chance = random.Random(20_260_301)
    pieces = [
        *EXPLICIT,
        *ZONE_ASSUMED,
        *DAYS,
        *NO_DATES[:-3],
        " " * 40,
        "+" * 40,
        "(" * 40,
        "a " * 40,
        "1:" * 40,
        "٣١",
        "²",
    ]
    started = time.process_time()
    for _ in range(5_000):
        first, second = chance.choice(pieces), chance.choice(pieces)
        parse_date(first[: chance.randrange(len(first) + 1)] + second[chance.randrange(len(second) + 1) :])
    assert time.process_time() - started < 5
