"""What an article's page says of its story: what it is called, who else tells it, and why the article belongs to it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.api.headlines import one_line
from services.api.page.places import Link, article_place, story_place
from services.api.page.reasons import Why
from services.api.page.story import counts, reason
from services.api.readmodel.documents import Json
from services.api.readmodel.filters import Filter
from services.api.readmodel.model import ReadModel

_LOOKED_AT = 60
"""The newest articles of the story, among which others are looked for."""
_NAMED = 20


@dataclass(frozen=True, slots=True)
class Other:
    """Another source, and its first article about the same."""

    source: str
    link: Link


@dataclass(frozen=True, slots=True)
class InStory:
    """`others` is empty where all its articles are of one source."""

    link: Link
    counts: str
    others: list[Other]
    why: Why | None


async def in_story(model: ReadModel, article: Mapping[str, Any]) -> InStory | None:
    """Of a `FullArticle`. None where it has no story yet, or is all of it."""
    told = article.get("story")
    if not told or told["size"] < 2:
        return None
    summary = await model.story_summary(UUID(told["id"]))
    if summary is None:  # merged away between the two questions
        return None
    story: dict[str, Any] = json.loads(summary)
    newest = await model.articles(Filter(story=UUID(told["id"])), _LOOKED_AT)
    (reasoned,) = await model.reasons([Json(json.dumps({"id": article["id"]}))])
    members = [json.loads(one) for one in reversed(newest.headlines)]
    titles = {one["id"]: one["title"] for one in members}
    return InStory(
        Link(story_place(story["id"]), one_line(story["title"]) or "Untitled"),
        counts(story),
        _others(members, article["source"]["id"]),
        reason({**article, **json.loads(reasoned)}, titles),
    )


def _others(members: list[dict[str, Any]], own: str) -> list[Other]:
    """The sources but its own, in the order in which they began to tell."""
    first: dict[str, Other] = {}
    for one in members:
        source = one["source"]
        if source["id"] != own:
            link = Link(article_place(one["id"]), one_line(one["title"]) or "Untitled")
            first.setdefault(source["id"], Other(source["name"], link))
    return list(first.values())[:_NAMED]
