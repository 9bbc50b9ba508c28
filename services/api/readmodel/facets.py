"""Under which facets an article is listed."""

from typing import NamedTuple

from services.api.readmodel.filters import to_ms
from services.api.readmodel.merge import Known, sort_time


class Facet(NamedTuple):
    """`kind` and `key` identify it; `label` and `url` are for people, and may change."""

    kind: str
    key: str
    label: str
    url: str | None = None


EVERYTHING = Facet("all", "", "")
"""The facet that every article has."""


FIRST = Facet("first", "", "")
"""The facet of articles that repeat no earlier one."""


class Standing(NamedTuple):
    """Where an article stands in all its listings, by (kind, key), and the id of the article that it repeats."""

    time_ms: int
    facets: dict[tuple[str, str], Facet]
    root: str | None


def standing(known: Known) -> Standing | None:
    """None where there is no article to list yet."""
    article, enrichment = known.article, known.enrichment
    if article is None:
        return None
    facets = [EVERYTHING, Facet("source", article.source.id, article.source.name, article.source.url)]
    root = str(enrichment.repeats.id) if enrichment is not None and enrichment.repeats is not None else None
    if root is None:
        facets.append(FIRST)
    facets += [Facet("feed", str(at.feed.id), at.feed.title or at.feed.url, at.feed.url) for at in known.listed]
    if enrichment is not None:
        facets += [Facet("tag", tag.slug, tag.label) for tag in enrichment.tags]
        if enrichment.language.code is not None:
            facets.append(Facet("language", enrichment.language.code, enrichment.language.code))
    time, _method = sort_time(article, enrichment)
    return Standing(to_ms(time), {(facet.kind, facet.key): facet for facet in facets}, root)
