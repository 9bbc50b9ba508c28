"""What `name:value` means."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from services.api.query.moments import interval, moment
from services.api.query.tree import Leaf, Listed, Site, Within, Words
from services.contracts.identity import feed_id

NAMESPACES = ("category", "topic", "person", "org", "place")
"""What may stand before the colon of a tag's slug: `tag:rain` finds `rain`, `category:rain`, `topic:rain` and so on."""

_HOST = re.compile(r"(?:[a-z0-9-]+\.)*[a-z0-9-]+", re.ASCII)
_SPACES = re.compile(r"\s+")
_LANGUAGE = re.compile(r"([a-z]{2,8})(?:-[a-z0-9-]+)?", re.ASCII)


def read_field(name: str, value: str, quoted: bool, now: datetime) -> Leaf:
    """The leaf for a field and its value, which is not empty.

    Raises `KeyError` for an unknown field, `ValueError` for a value that it cannot have. Where several values make
    sense they are joined by commas, unless they are quoted.
    """
    several = [value.strip()] if quoted else [part for part in value.split(",") if part]
    return FIELDS[name](value, several, now)


def _title(value: str, _several: list[str], _now: datetime) -> Leaf:
    return Words(value, "title")


def _author(value: str, _several: list[str], _now: datetime) -> Leaf:
    return Words(value, "author")


def _source(value: str, several: list[str], _now: datetime) -> Leaf:
    if several and all("." in one and " " not in one for one in several):
        return Listed("source", _keys(one.lower() for one in several))
    return Words(value, "source")


def _tag(_value: str, several: list[str], _now: datetime) -> Leaf:
    keys: list[str] = []
    for one in several:
        slug = _SPACES.sub("-", one.strip().lower())
        keys += [slug] if ":" in slug else [slug, *(f"{space}:{slug}" for space in NAMESPACES)]
    return Listed("tag", _keys(keys))


def _language(_value: str, several: list[str], _now: datetime) -> Leaf:
    codes = []
    for one in several:
        found = _LANGUAGE.fullmatch(one.lower())
        if found is None:
            raise ValueError(f"{one!r} is no code of a language, such as en")
        codes.append(found[1])
    return Listed("language", _keys(codes))


def _feed(value: str, _several: list[str], _now: datetime) -> Leaf:
    try:
        return Listed("feed", (str(UUID(value)),))
    except ValueError:
        if "://" in value:
            return Listed("feed", (str(feed_id(value)),))
        raise ValueError(f"{value!r} is neither the id nor the URL of a feed") from None


def _site(value: str, _several: list[str], _now: datetime) -> Leaf:
    host = value.strip().lower().removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/.")
    try:
        host = host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        host = ""
    if _HOST.fullmatch(host) is None:
        raise ValueError(f"{value!r} is no name of a site, such as example.org")
    return Site(host)


def _before(value: str, _several: list[str], now: datetime) -> Leaf:
    return Within(until=moment(value, now).since)


def _after(value: str, _several: list[str], now: datetime) -> Leaf:
    return Within(since=moment(value, now).since)


def _date(value: str, _several: list[str], now: datetime) -> Leaf:
    return Within(*interval(value, now))


def _story(_value: str, several: list[str], _now: datetime) -> Leaf:
    ids = []
    for one in several:
        try:
            ids.append(str(UUID(one.strip())))
        except ValueError:
            raise ValueError(f"{one!r} is no id of a story") from None
    return Listed("story", _keys(ids))


def _keys(keys: Iterable[str]) -> tuple[str, ...]:
    kept = tuple(dict.fromkeys(keys))
    if not kept:
        raise ValueError("there is only a comma")
    return kept


FIELDS: dict[str, Callable[[str, list[str], datetime], Leaf]] = {
    "intitle": _title,
    "source": _source,
    "tag": _tag,
    "lang": _language,
    "author": _author,
    "site": _site,
    "feed": _feed,
    "before": _before,
    "after": _after,
    "date": _date,
    "story": _story,
}
