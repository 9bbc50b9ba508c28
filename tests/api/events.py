"""Events for tests: the golden ones, with what a test is about changed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID, uuid5

from pydantic import BaseModel

from services.contracts.articles import ArticleListed, ArticlePublished, ArticleRevised
from services.contracts.enrichments import ArticleEnriched
from services.contracts.feeds import FeedChanged
from services.contracts.identity import feed_id
from services.contracts.stories import StoryChanged

GOLDEN = Path(__file__).parents[1] / "contracts" / "golden"
START = datetime(2026, 3, 1, 12, tzinfo=UTC)

E = TypeVar("E", bound=BaseModel)


def article_id(number: int) -> UUID:
    return uuid5(UUID(int=0), str(number))


def at(minutes: float) -> datetime:
    """A moment of the tests' day."""
    return START + timedelta(minutes=minutes)


def published(number: int, *, minutes: float = 0, source: str = "courier.example", **fields: Any) -> ArticlePublished:
    """Revision 1 of article `number`, first seen `minutes` after the tests' noon."""
    return _changed(ArticlePublished, _article(number, minutes, source, {"revision": 1} | fields))


def revised(
    number: int, revision: int = 2, *, minutes: float = 0, source: str = "courier.example", **fields: Any
) -> ArticleRevised:
    """A later revision, seen a minute a revision after the first sight."""
    seen = at(minutes + revision - 1)
    return _changed(ArticleRevised, _article(number, minutes, source, {"revision": revision, "seen": seen} | fields))


def listed(number: int, feed: str, *, minutes: float = 0) -> ArticleListed:
    return _changed(ArticleListed, {"id": article_id(number), "feed": _feed(feed), "seen": at(minutes)})


def enriched(
    number: int,
    *,
    revision: int = 1,
    version: int = 1,
    minutes: float = 0,
    ago: float | None = None,
    tags: tuple[str, ...] = (),
    language: str | None = "en",
    repeats: int | None = None,
    **fields: Any,
) -> ArticleEnriched:
    """Enrichment of an article first seen at `minutes` and, where it is known, published `ago` minutes earlier."""
    seen = {"at": at(minutes), "method": "first_seen", "precision": "second", "zone": "explicit"}
    times: dict[str, Any] = {"first_seen": seen}
    if ago is not None:
        times["published"] = seen | {"at": at(minutes - ago), "method": "feed:pubDate"}
    return _changed(
        ArticleEnriched,
        {
            "id": article_id(number),
            "revision": revision,
            "version": version,
            "times": times,
            "language": {"code": language, "method": "text"},
            "tags": [{"slug": tag, "label": tag.title(), "method": "category"} for tag in tags],
            "repeats": None
            if repeats is None
            else {"id": article_id(repeats), "likeness": 0.9, "method": "title+body"},
        }
        | fields,
    )


def story_changed(
    story: int,
    sequence: int,
    change: str = "grown",
    *,
    joined: tuple[int, ...] = (),
    title: str | None = None,
    into: int | None = None,
    **fields: Any,
) -> StoryChanged:
    """A change of the story that article `story` opened, with the articles that `joined` it by it."""
    because = {"method": "similarity", "score": 0.61, "threshold": 0.42, "nearest": article_id(story)}
    return _changed(
        StoryChanged,
        {
            "id": article_id(story),
            "sequence": sequence,
            "change": change,
            "title": title or f"Story {story}",
            "title_from": article_id(story) if title is None else None,
            "joined": [
                {"article": article_id(number), "because": because if number != story else {"method": "opened"}}
                for number in joined
            ],
            "into": None if into is None else article_id(into),
            "terms": [],
        }
        | fields,
    )


def feed_changed(url: str, **fields: Any) -> FeedChanged:
    return _changed(FeedChanged, {"id": feed_id(url), "url": url} | fields)


def _article(number: int, minutes: float, source: str, fields: dict[str, Any]) -> dict[str, Any]:
    seen = at(minutes)
    return {
        "id": article_id(number),
        "title": f"Article {number}",
        "source": {"id": source, "name": source.title()},
        "first_seen": seen,
        "seen": seen,
    } | fields


def _feed(url: str) -> dict[str, Any]:
    return {"id": feed_id(url), "url": url}


def _changed(model: type[E], data: dict[str, Any]) -> E:
    name = model.model_fields["type"].default
    golden = model.model_validate_json((GOLDEN / f"{name}.json").read_bytes()).model_dump()
    event_id = "/".join(str(data.get(key, "")) for key in ("id", "revision", "version", "change", "sequence"))
    return model.model_validate(golden | {"id": event_id, "data": golden["data"] | data})
