"""Reading a date with what is known around it: who writes it, in which language, when it was seen."""

from datetime import datetime, timedelta

from services.enrich.dates.numeric_order import Order, in_order, order_of_language
from services.enrich.dates.parse import LONGEST, parse_date
from services.enrich.dates.parsed import ParsedDate
from services.enrich.dates.relative import read_relative
from services.enrich.dates.scripts import in_english, with_months_of

_EARLIEST_MIDNIGHT = timedelta(hours=14)


def read_date(text: str, seen: datetime, language: str | None = None, order: Order | None = None) -> ParsedDate | None:
    """Read one date that was seen at `seen` (UTC). None: it is none, or cannot be told without guessing. Never raises.

    `language` is what the feed claims, a BCP 47 tag; `order` whether the feed writes day or month first in others of
    its dates. What they decided is in the note.
    """
    return parse_date(text) or _in_words(text.strip(), seen, language, order)


def _in_words(text: str, seen: datetime, language: str | None, order: Order | None) -> ParsedDate | None:
    if not text or len(text) > LONGEST:
        return None
    code = (language or "").replace("_", "-").split("-")[0].lower()
    if (named := with_months_of(text, code)) and (found := parse_date(named)):
        return found._replace(note=_with(found.note, f"the month is named as in {code}"))
    english = in_english(text)
    if english and (found := parse_date(english)):
        return found
    return _numeric(english or text, seen, language, order) or read_relative(text, seen)


def _numeric(text: str, seen: datetime, language: str | None, order: Order | None) -> ParsedDate | None:
    """Day and month as the feed writes them elsewhere; else as its language does; else as alone can be past."""
    readings: dict[Order, ParsedDate] = {}
    orders: tuple[Order, Order] = ("day", "month")
    for one in orders:
        if (iso := in_order(text, one)) and (found := parse_date(iso)):
            readings[one] = found
    past = [one for one, found in readings.items() if found.at <= seen + _EARLIEST_MIDNIGHT]
    if order in readings:
        decided, why = order, "as in other dates of the feed"
    elif (usual := order_of_language(language)) in past:
        decided, why = usual, f"as usual in {language}"
    elif len(readings) == 2 and len(past) == 1:
        decided, why = past[0], "since the other order lies ahead of when it was seen"
    else:
        return None
    found = readings[decided]
    return found._replace(note=_with(found.note, f"{decided} first, {why}"))


def _with(note: str | None, more: str) -> str:
    return f"{note}; {more}" if note else more
