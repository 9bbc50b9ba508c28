"""Articles as people write them down: whatever fields they have, and a title."""

import json
from collections.abc import Mapping
from datetime import datetime
from html import unescape
from typing import Annotated, Any
from urllib.parse import urlsplit
from uuid import UUID

import nh3
from pydantic import AliasChoices, BaseModel, BeforeValidator, Field, ValidationError

from services.contracts.articles import Article, FeedRef, PageMetadata, Source
from services.contracts.identity import article_id, feed_id
from services.enrich.dates.parse import parse_date

_NOWHERE = "file:articles"


class NoArticle(ValueError):
    """A line that is no article. The message says why."""


def _well_formed(value: object) -> object:
    """Text that can be written as UTF-8: halves of surrogate pairs, as cut off text leaves them, become U+FFFD."""
    if isinstance(value, str) and not value.isascii():
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def _written(value: object) -> object:
    """Text, also where it is written as a number, or a date as MongoDB exports it."""
    if isinstance(value, dict) and isinstance(value.get("$date"), str):
        return value["$date"]
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _several(value: object) -> object:
    """A list, also of one or none."""
    if value is None:
        return []
    return [value] if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_well_formed)]
Written = Annotated[Text | None, BeforeValidator(_written)]


class _Source(BaseModel):
    id: Text | None = None
    name: Text | None = None
    url: Text | None = None


class _Feed(BaseModel):
    url: Text


class _Line(BaseModel):
    """The fields that are read; all others are let be."""

    title: Text
    summary: Text | None = None
    text: Text | None = None
    html: Text | None = None
    url: Text | None = Field(default=None, validation_alias=AliasChoices("url", "link"))
    id: Written = None
    revision: int = Field(default=1, ge=1)
    published: Written = None
    published_field: Text | None = None
    updated: Written = None
    updated_field: Text | None = None
    source: _Source | Text | None = None
    feed: _Feed | Text | None = None
    page: PageMetadata | None = None
    categories: Annotated[list[Text], BeforeValidator(_several)] = Field(default_factory=list)
    language: Text | None = None
    first_seen: Written = None
    seen: Written = None


def article_from_line(line: str, now: datetime) -> Article:
    """The article in one line of JSON. Raises `NoArticle` with a reason of one line."""
    try:
        document = json.loads(line.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise NoArticle(f"not valid JSON: {error}") from error
    if not isinstance(document, dict):
        raise NoArticle("not a JSON object")
    try:
        return _article(_Line.model_validate(document), now)
    except ValidationError as error:
        raise NoArticle(_first(error)) from error


def _article(line: _Line, now: datetime) -> Article:
    source, feed = _source(line), _feed(line)
    first_seen = _moment("first_seen", line.first_seen, now)
    return Article(
        id=_id(line),
        revision=line.revision,
        url=line.url,
        title=line.title,
        summary=line.summary,
        text=line.text or _plain(line.html),
        categories=tuple(line.categories),
        language=line.language,
        published=line.published,
        published_field=line.published_field,
        updated=line.updated,
        updated_field=line.updated_field,
        source=source,
        feed=FeedRef(id=feed_id(feed), url=feed),
        page=line.page,
        first_seen=first_seen,
        seen=_moment("seen", line.seen, first_seen),
    )


def _id(line: _Line) -> UUID:
    """The given id where it is a UUID; else one made of the URL, or of whatever tells the article from others."""
    try:
        return UUID(line.id or "")
    except ValueError:
        return article_id(line.url, _NOWHERE, line.id or line.title)


def _source(line: _Line) -> Source:
    given = line.source if isinstance(line.source, _Source) else _Source(name=line.source)
    host = _host(given.url) or _host(given.name) or _host(line.url)
    identity = given.id or host or (given.name or "unknown").casefold()
    return Source(id=identity, name=given.name or identity, url=given.url)


def _feed(line: _Line) -> str:
    """The address of the feed, by which its other articles are known."""
    return (line.feed.url if isinstance(line.feed, _Feed) else line.feed) or _NOWHERE


def _host(url: str | None) -> str | None:
    """The host of a URL, without `www.`; a bare host name counts as one."""
    if not url or " " in url or "." not in url:
        return None
    try:
        host = urlsplit(url if "//" in url else f"//{url}").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def _moment(field: str, text: str | None, otherwise: datetime) -> datetime:
    if text is None:
        return otherwise
    parsed = parse_date(text)
    if parsed is None:
        raise NoArticle(f"{field}: {text[:60]!r} is no date that can be read")
    return parsed.at


def _plain(html: str | None) -> str | None:
    """The words of HTML; tags become spaces, so that neighbours do not run together."""
    return unescape(nh3.clean(html.replace("<", " <"), tags=set())).strip() if html else None


def _first(error: ValidationError) -> str:
    first: Mapping[str, Any] = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}" if place else str(first["msg"])
