"""A saved search, and whether it can still be asked."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import ValidationError

from services.api.http.parameters import SearchQuery, to_filter
from services.api.http.problems import Problem
from services.api.live.wanted import TYPES, Wanted
from services.api.query.tree import And, Query
from services.api.readmodel.filters import Filter

ARTICLE_TYPES = tuple(kind for kind in TYPES if kind != "feed")
"""What the live stream can tell of a search: all but the states of feeds."""


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """`q` and `fold` are as in listings; `limit` is how many entries its feeds have. Times are UTC."""

    id: UUID
    name: str
    q: str
    fold: str | None
    limit: int
    made: datetime
    changed: datetime


@dataclass(frozen=True, slots=True)
class Broken:
    """Why a search cannot be asked. `at` is the place in its query, in characters from 0."""

    detail: str
    at: int | None = None


def question(search: SavedSearch) -> Filter | Broken:
    """What the search asks for now; durations in it count back from now.

    It parsed when it was saved, but an older Dateline may have saved it, or a newer one.
    """
    given = {"q": search.q} | ({"fold": search.fold} if search.fold is not None else {})
    try:
        return to_filter(SearchQuery.model_validate(given))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        return Broken(f"{first['loc'][0]}={first['input']!r}: {first['msg'].removeprefix('Value error, ')}")
    except Problem as problem:
        at = problem.members.get("at")
        return Broken(problem.detail, at if isinstance(at, int) else None)


def wanted_by(search: SavedSearch, types: Collection[str] = ARTICLE_TYPES) -> Wanted | Broken:
    """The same question asked of what the live stream tells."""
    asked = question(search)
    if isinstance(asked, Broken):
        return asked
    chosen = frozenset(kind for kind in ARTICLE_TYPES if kind in types)
    query = Query(search.q, And(tuple(asked.parts())))
    return Wanted(chosen, query=query, one_per_story=asked.one_per_story)
