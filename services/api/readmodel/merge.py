"""What is known about one article, merged from events in whatever order and however often they come.

Every rule here is a maximum or a union, so the outcome depends on the set of events alone: the article is the
one of the highest revision, the enrichment the one of the highest (revision, version, setup), the feeds are all that
ever listed it. Before the revision goes the first sight, which is the same in all of them, unless the broker lost what
ingest remembers: then the article is seen for the first time again, its revisions count from 1 again, and what was said
later holds. Where the broker lost only the last revision, its number is given again: the one seen later holds,
and with it its enrichment. Of two that differ in nothing but what they say, that of the greater text holds.
A revision that was lost may have left its enrichment behind, which would stand for ever before that of the lower one
which holds. So the enrichment of the latest sight is kept as well, and shown where it is that of the present revision.
An enrichment of an earlier revision is kept until that of the present one has come: its times and
tags are nearly always still right, and an article must not drop out of its tags for a second.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from pydantic import TypeAdapter

from services.api.readmodel.documents import ArticleLinks, FoundIn, Headline
from services.contracts.articles import Article, FeedRef
from services.contracts.base import Instant
from services.contracts.enrichments import Enrichment


@dataclass(frozen=True, slots=True)
class Listed:
    """A feed that lists the article, and when it was first and last said to."""

    feed: FeedRef
    first: Instant
    last: Instant


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known about one id, the body aside. Without an article there is nothing to show yet.

    Of the highest enrichment and that of the latest sight, which are nearly always one, `enrichment` is what is shown.
    """

    article: Article | None = None
    listed: tuple[Listed, ...] = ()
    enrichment: Enrichment | None = None
    other: Enrichment | None = None


@dataclass(frozen=True, slots=True)
class Merged:
    """The outcome of one event. `known` is the very same where it taught nothing; `change` is what readers see of it.

    `place` says where the event's body belongs: it is the `current` one, or an earlier one for the `history`.
    """

    known: Known
    change: Literal["article", "revision", "enrichment", "listing"] | None = None
    place: Literal["current", "history"] | None = None


def merge_article(known: Known, article: Article) -> Merged:
    listing = merge_listing(known, article.feed, article.seen)
    shown = known.article
    if shown is not None and _place(article) <= _place(shown):
        return Merged(
            listing.known,
            change=listing.change,
            place="history" if article.revision < shown.revision else None,
        )
    bare = article.model_copy(update={"text": None, "html": None})
    merged = _with(replace(listing.known, article=bare), listing.known.enrichment, listing.known.other)
    return Merged(merged, change="article" if shown is None else "revision", place="current")


def merge_listing(known: Known, feed: FeedRef, seen: datetime) -> Merged:
    listed = _listed(known.listed, feed, seen)
    if listed == known.listed:
        return Merged(known)
    visible = known.article is not None and len(listed) > len(known.listed)
    return Merged(replace(known, listed=listed), "listing" if visible else None)


def merge_enrichment(known: Known, enrichment: Enrichment) -> Merged:
    merged = _with(known, known.enrichment, known.other, enrichment)
    if merged == known:
        return Merged(known)
    shown = known.article is not None and merged.enrichment != known.enrichment
    return Merged(merged, "enrichment" if shown else None)


def headline(known: Known) -> Headline:
    """The headline of an article that is known. Raises `ValueError` where only other things about it are."""
    article, enrichment = known.article, known.enrichment
    if article is None:
        raise ValueError("an article that has not come has no headline")
    time, method = sort_time(article, enrichment)
    times = enrichment.times if enrichment else None
    return Headline(
        id=article.id,
        revision=article.revision,
        title=article.title,
        summary=article.summary,
        url=article.url,
        source=article.source,
        feeds=tuple(FoundIn(id=at.feed.id, url=at.feed.url, title=at.feed.title) for at in known.listed),
        authors=article.authors,
        image=article.image,
        language=enrichment.language.code if enrichment else None,
        time=time,
        time_method=method,
        published=times.published if times else None,
        updated=times.updated if times else None,
        first_seen=article.first_seen,
        tags=enrichment.tags if enrichment else (),
        words=enrichment.words if enrichment else None,
        reading_seconds=enrichment.reading_seconds if enrichment else None,
        enriched=enrichment is not None and _is_of(enrichment, article),
        links=ArticleLinks(self=f"/v1/articles/{article.id}", page=f"/articles/{article.id}"),
        repeats=enrichment.repeats if enrichment else None,
    )


def _place(article: Article) -> tuple[datetime, int, datetime]:
    """Of two that speak of one article, the higher holds."""
    return article.first_seen, article.revision, article.seen


def _is_of(enrichment: Enrichment, article: Article) -> bool:
    """Whether it is about this very revision."""
    return enrichment.revision == article.revision and enrichment.seen in (None, article.seen)


def _with(known: Known, *enrichments: Enrichment | None) -> Known:
    """The article with the highest of the enrichments and the one of the latest sight."""
    several = [one for one in enrichments if one is not None]
    if not several:
        return known
    highest, latest = _greatest(several, _place_of), _greatest(several, _sight_of)
    if latest == highest:
        return replace(known, enrichment=highest, other=None)
    article = known.article
    if article is not None and _is_of(latest, article) and not _is_of(highest, article):
        return replace(known, enrichment=latest, other=highest)
    return replace(known, enrichment=highest, other=latest)


def _greatest(several: Sequence[Enrichment], rank: Callable[[Enrichment], tuple[Any, ...]]) -> Enrichment:
    best = several[0]
    for one in several[1:]:
        place, held = rank(one), rank(best)
        if place > held or (place == held and one != best and one.model_dump_json() > best.model_dump_json()):
            best = one
    return best


def _place_of(enrichment: Enrichment) -> tuple[datetime, int, datetime, int, int]:
    seen, revision, version, since = _sight_of(enrichment)
    return enrichment.times.first_seen.at, revision, seen, version, since


def _sight_of(enrichment: Enrichment) -> tuple[datetime, int, int, int]:
    seen = enrichment.seen or enrichment.times.first_seen.at  # those of before did not say it
    return seen, enrichment.revision, enrichment.version, enrichment.setup.since if enrichment.setup else 0


def sort_time(article: Article, enrichment: Enrichment | None) -> tuple[datetime, str]:
    """When the article was published as far as is known, else first seen; and which of the two it is.

    A time after the first sight cannot be true, and would hold its article at the top: it is passed over.
    """
    published = enrichment.times.published if enrichment else None
    if published is None or published.at > article.first_seen:
        return article.first_seen, "first_seen"
    return published.at, published.method


def _listed(before: tuple[Listed, ...], feed: FeedRef, seen: datetime) -> tuple[Listed, ...]:
    """With `feed` among them: titled as when last said, in the order of first listing."""
    by_feed = {entry.feed.id: entry for entry in before}
    held = by_feed.get(feed.id)
    if held is None:
        by_feed[feed.id] = Listed(feed=feed, first=seen, last=seen)
    else:
        latest = max((held.last, held.feed), (seen, feed), key=lambda said: (said[0], said[1].model_dump_json()))
        by_feed[feed.id] = Listed(feed=latest[1], first=min(held.first, seen), last=latest[0])
    return tuple(sorted(by_feed.values(), key=lambda entry: (entry.first, entry.feed.id)))


_known: TypeAdapter[Known] = TypeAdapter(Known)


def to_json(known: Known) -> str:
    """For the database; `from_json` reads it."""
    return _known.dump_json(known, exclude_defaults=True).decode()


def from_json(text: str) -> Known:
    return _known.validate_json(text)
