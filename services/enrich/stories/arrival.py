"""What the engine is told of an article: all of it stands in its enrichment."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.contracts.enrichments import Enrichment


class Named(NamedTuple):
    """A name of the article: its slug, how often it is mentioned, and whether in the title."""

    slug: str
    mentions: int
    in_title: bool


class Arrival(NamedTuple):
    """An enriched article. `at` is when this revision arrived, `first_seen` when the article did and `published`
    what it says itself, in ms since 1970; None where it says nothing that could be believed. `terms` are the counted
    words of summary and text."""

    article: UUID
    revision: int
    at: int
    first_seen: int
    published: int | None
    title: str
    terms: Mapping[str, int]
    names: tuple[Named, ...]
    source: str
    url: str | None = None
    repeats: UUID | None = None

    @property
    def time(self) -> int:
        """When it was published, or else arrived."""
        return self.at if self.published is None else self.published


def arrival_of(enrichment: Enrichment, at: int) -> Arrival:
    """`at` is the moment of the event in ms, by the clock of the broker."""
    published = enrichment.times.published
    return Arrival(
        article=enrichment.id,
        revision=enrichment.revision,
        at=at,
        first_seen=_ms(enrichment.times.first_seen.at),
        published=_ms(published.at) if published else None,
        title=enrichment.title,
        terms=enrichment.terms,
        names=tuple(
            Named(name.slug, len(name.mentions), any(mention.field == "title" for mention in name.mentions))
            for name in enrichment.names
        ),
        source=enrichment.source.id,
        url=enrichment.url,
        repeats=enrichment.repeats.id if enrichment.repeats else None,
    )


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
