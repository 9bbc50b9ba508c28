"""The front page in order of momentum: a line for each story, those first that more is told of now than usual."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from starlette.datastructures import QueryParams

from services.api.ages import age
from services.api.headlines import one_line
from services.api.http.parameters import Query, read_query
from services.api.http.problems import bad_parameter
from services.api.page.headline import BLANK, Headline, headline
from services.api.page.narrowing import Place
from services.api.page.places import Link, address, story_place
from services.api.page.times import minute
from services.api.readmodel.filters import Filter
from services.api.readmodel.model import ReadModel
from services.api.readmodel.stories import StoryCursor

STORIES = 30
_MOMENTUM, _LATEST = "Told more than usual now", "Latest"


class TopQuery(Query):
    """`order` is there, else another page was asked for."""

    order: Literal["momentum"]
    limit: int = Field(default=STORIES, ge=1, le=100)
    cursor: Annotated[StoryCursor | None, BeforeValidator(StoryCursor.read)] = None


def orders(*, momentum: bool) -> list[tuple[Link, bool]]:
    """The two ways to read the front page, and which it is."""
    return [
        (Link("/", "Latest"), not momentum),
        (Link(address("/", [("order", "momentum")]), "Top stories"), momentum),
    ]


async def top_stories(model: ReadModel, place: Place, now: datetime) -> dict[str, Any]:
    """What `front.html` shows. Raises a 400 `Problem`."""
    query = read_query(TopQuery, QueryParams(place.asked))
    if query.cursor is not None and query.cursor.sort != "momentum":
        raise bad_parameter("cursor", "this cursor is of a listing in another order; leave it out to begin anew")
    position = await model.position()
    # To the minute, as the API does.
    page = await model.stories(Filter(), now.replace(second=0, microsecond=0), query.limit, query.cursor)
    stories = [json.loads(one) for one in page.stories]
    return {
        "title": "Top stories",
        "order": "momentum",
        "orders": orders(momentum=True),
        "groups": _grouped(stories, now),
        "blank": BLANK,
        "leads": query.cursor is None,
        "fold": None,
        "nothing": "No story has come in yet. They appear here as the feeds are read.",
        "older": place.changed(cursor=str(page.next)) if page.next else None,
        "newest": place.changed() if query.cursor else None,
        "stream": "/v1/stream?types=story",
        "position": str(position),
        "alternates": Place("/").alternates(),
        "here": "top",
    }


def story_line(story: Mapping[str, Any], now: datetime) -> Headline:
    """A `ListedStory` as a headline: its own title, as old as its latest article. One article alone stays as it is."""
    of = {"id": story["id"], "size": story["size"], "sources": story["sources"]}
    line = headline({**story["article"], "story": of}, now)
    if story["size"] == 1:
        return line
    last = datetime.fromisoformat(story["last"])
    return replace(
        line,
        title=one_line(story["title"]) or line.title,
        page=story_place(story["id"]),
        time=story["last"],
        time_title=f"{minute(last)}, when its latest article was first seen",
        age=age(last, now),
        undated=False,
    )


def _grouped(stories: Sequence[Mapping[str, Any]], now: datetime) -> list[tuple[str, list[Headline]]]:
    """Those that more is told of than usual, and the others."""
    high = [story_line(one, now) for one in stories if one["momentum"] > 0]
    others = [story_line(one, now) for one in stories if one["momentum"] <= 0]
    return [(label, lines) for label, lines in ((_MOMENTUM, high), (_LATEST, others)) if lines]
