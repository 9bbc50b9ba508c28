"""A date is read or it is none; it is never anything else, and never a moment that was not written."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from services.enrich.dates.parse import parse_date
from tests.properties.texts import anything

_PIECES = (
    *("Mon", "Tue,", "lunes", "1", "31", "02", "99", "2026", "26", "Feb", "февраля", "März", "10:00", "25:61"),
    *("GMT", "EST", "+0100", "+99:99", "Z", "T", "-", "/", ".", ",", "W09", "-060", "am", "PM", "1772352930"),
    *("2月", "年", "10:00:60", " "),
)
_FORMS = (
    "%a, %d %b %Y %H:%M:%S GMT",
    "%d %B %Y %H:%M:%S +0000",
    "%a %b %d %H:%M:%S UTC %Y",
    "%Y-%m-%dT%H:%M:%SZ",
)
typed = (
    anything
    | st.lists(st.sampled_from(_PIECES), max_size=10).map(" ".join)
    | st.lists(st.sampled_from(_PIECES), max_size=10).map("".join)
)


@given(typed)
def test_no_text_breaks_the_reader(text: str) -> None:
    found = parse_date(text)
    assert found is None or found == parse_date(f"  {text}\n")


@given(st.datetimes(datetime(1980, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - bounds
def test_every_moment_is_read_in_the_forms_that_feeds_use(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    for form in _FORMS:
        found = parse_date(moment.strftime(form))
        assert found is not None
        assert found.at == moment, form
