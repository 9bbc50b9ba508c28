"""What every listing can be asked for."""

import json
from collections.abc import Collection, Sequence
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field

from services.api.http.parameters import Moment, SearchQuery, one_of
from services.api.http.problems import bad_parameter
from services.api.readmodel.documents import Json
from services.api.readmodel.filters import Cursor, Filter, Sort, to_ms
from services.api.readmodel.listings import NothingToRank, Page
from services.api.readmodel.model import ReadModel

_NOBODY = UUID(int=0)


def _to_names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


PageMark = Annotated[Cursor, BeforeValidator(Cursor.read), one_of({"pattern": "^[A-Za-z0-9_-]{34}$"})]


class ListingQuery(SearchQuery):
    """A page of a listing."""

    limit: int = Field(default=20, ge=1, le=500, description="How many at most.")
    sort: Literal["published", "first_seen", "revised", "relevance"] | None = Field(
        default=None,
        description="Newest first by `published` (the headline's `time`; so it is without `sort`), `first_seen` or "
        "`revised` (when the present revision was seen), or by `relevance` to the words of `q`.",
    )
    changed_since: Moment | None = Field(
        default=None,
        description="For those who keep a copy: what is new, revised, enriched, found in one more feed or came to "
        "another story since this instant, the oldest change first. `next` is then never null: ask it again for what "
        "changes next.",
    )
    highlight: bool = Field(default=False, description="Whether to show where the words of `q` stand, as `snippet`.")
    fields: Annotated[tuple[str, ...] | None, BeforeValidator(_to_names, json_schema_input_type=str)] = Field(
        default=None, description="Names of members, joined by commas: of each article only these are sent."
    )
    cursor: PageMark | None = Field(default=None, description="Where to go on: from `next` of an earlier answer.")


async def read_page(model: ReadModel, wanted: Filter, query: ListingQuery) -> Page:
    """The page that was asked for. Raises a 400 `Problem` where the parameters do not go together."""
    sort, after = _order(query), query.cursor
    if after is not None and after.sort != sort:
        raise bad_parameter("cursor", "this cursor is of a listing in another order; leave it out to begin anew")
    if wanted.one_per_story and sort == "changed":
        raise bad_parameter("fold", "changed_since= tells of every article; leave out fold=story")
    if after is None and query.changed_since is not None:
        after = Cursor(to_ms(query.changed_since), _NOBODY, "changed")
    try:
        return await model.articles(wanted, query.limit, after, sort, query.highlight)
    except NothingToRank as error:
        raise bad_parameter("sort", str(error)) from None


def selected(documents: Sequence[Json], fields: Collection[str] | None, known: Collection[str]) -> Sequence[Json]:
    """The documents with no members but `fields`; as they are where none are named. Raises a 400 `Problem`."""
    if fields is None:
        return documents
    unknown = [name for name in fields if name not in known]
    if unknown or not fields:
        detail = f"there is no member {unknown[0]!r}" if unknown else "fields= names no member"
        raise bad_parameter("fields", f"{detail}; there are: {', '.join(known)}", list(known))
    decoded = [json.loads(document) for document in documents]
    kept = [{name: document[name] for name in fields if name in document} for document in decoded]
    return [Json(json.dumps(document, ensure_ascii=False, separators=(",", ":"))) for document in kept]


def _order(query: ListingQuery) -> Sort:
    if query.changed_since is None:
        return query.sort or "published"
    if query.sort is not None:
        raise bad_parameter("sort", "changed_since= has an order of its own; leave out sort=")
    return "changed"
