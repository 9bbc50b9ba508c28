"""How alike two articles are, and whether one may be called a repeat of the other. Pure."""

from typing import NamedTuple

from services.enrich.repeats.prints import Print


class Likeness(NamedTuple):
    """From 0 to 1, and what was alike: `title`, `body` or `title+body`."""

    value: float
    method: str


ALIKE = 0.5
"""Jaccard likeness of the pairs of words from which texts count as one."""

SAME_TITLE = 0.8
"""Near-equal titles: one word of ten differs at an end of it."""

CONTAINED = 0.85
"""The share of the shorter body that stands in the longer, where one publisher cut what another printed whole."""

ENOUGH_BODY = 10
ENOUGH_TO_CONTAIN = 14
ENOUGH_TITLE = 5
"""Pairs of words, fewer of which prove nothing by themselves."""

MUCH_BODY = 28
ALIKE_SHORT = 0.65
"""A shorter body may be one sentence of background that is told under many headlines. It must be more alike, and the
titles must share a pair of words."""


def likeness(one: Print, other: Print, *, same_source: bool) -> Likeness | None:
    """None where the two must not be merged.

    One publisher's articles at several addresses are mostly a series (bulletins, briefs, live pages) and share words
    for that reason: they need near-equal titles, the same numbers and days in them, and a body that does not differ.
    """
    # Only of one of the two a set is needed, and a frozenset is not made again.
    titles = len(frozenset(one.title).intersection(other.title))
    bodies = len(frozenset(one.body).intersection(other.body))
    title = _jaccard(titles, len(one.title) + len(other.title))
    shorter = min(len(one.body), len(other.body))
    body = _jaccard(bodies, len(one.body) + len(other.body)) if shorter >= ENOUGH_BODY else None
    if same_source:
        return _in_one_source(one, other, title, body)
    if body is not None and one.live == other.live:
        both = _jaccard(titles + bodies, len(one.title) + len(other.title) + len(one.body) + len(other.body))
        if both >= ALIKE and titles:
            return Likeness(max(both, body), "title+body")
        contained = bodies / shorter if shorter >= ENOUGH_TO_CONTAIN else 0.0
        alike = max(body, contained) if contained >= CONTAINED else body
        enough = alike >= ALIKE if shorter >= MUCH_BODY else alike >= ALIKE_SHORT and titles
        if enough:
            return Likeness(alike, "body")
    if title >= SAME_TITLE and min(len(one.title), len(other.title)) >= ENOUGH_TITLE and _of_one_series(one, other):
        return Likeness(title, "title")
    return None


def _of_one_series(one: Print, other: Print) -> bool:
    return (one.series, one.live) == (other.series, other.live)


def _in_one_source(one: Print, other: Print, title: float, body: float | None) -> Likeness | None:
    if title < SAME_TITLE or not _of_one_series(one, other):
        return None
    if body is not None:
        return Likeness((title + body) / 2, "title+body") if body >= ALIKE else None
    if title == 1 and len(one.title) >= ENOUGH_TITLE and not (one.body and other.body):
        return Likeness(title, "title")
    return None


def _jaccard(shared: int, together: int) -> float:
    """What two sets share of what they have, `together` being the sum of their sizes."""
    return shared / (together - shared) if together else 0.0
