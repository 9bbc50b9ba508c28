"""One headline as the page shows it, from the headline form of the HTTP API."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import nh3
from markupsafe import Markup

from services.api.ages import age
from services.api.headlines import one_line
from services.api.page.places import Link, article_place, source_place, story_place, tag_place
from services.api.page.times import found, group, minute

SUMMARY_CHARS = 220
TAGS = 4


@dataclass(frozen=True, slots=True)
class Headline:
    """What the template shows. `time` is ISO 8601, `time_title` says which moment that is and how it was found.

    `undated` says that the publisher gave no time to be believed: the age is that of the first sight, and says so.
    `marked` says that title and summary show where the words of a search stand. `story` is the id of its story, `also`
    leads to who else tells it; empty where that is not known, or nobody does.
    """

    id: str
    revision: int
    title: str | Markup
    summary: str | Markup
    page: str
    source: Link
    language: str
    time: str
    time_title: str
    age: str
    undated: bool
    tags: tuple[Link, ...]
    story: str = ""
    also: Link | None = None
    marked: bool = False


BLANK = Headline("", 0, "", "", "", Link("", ""), "", "", "", "", False, (Link("", ""),))
"""What the page's script fills in for an article that arrives while the page is open."""


def headline(article: Mapping[str, Any], now: datetime) -> Headline:
    """Shape one article of the headline form for the list. `static/script/entry.js` does the same for live ones."""
    time = datetime.fromisoformat(article["time"])
    source, snippet = article["source"], article.get("snippet") or {}
    return Headline(
        id=article["id"],
        revision=article["revision"],
        title=_marked(snippet.get("title")) or one_line(article["title"]) or "Untitled",
        summary=_marked(snippet.get("text")) or teaser(article.get("summary") or "", article["title"]),
        page=article_place(article["id"]),
        source=Link(source_place(source["id"]), source["name"]),
        language=article.get("language") or "",
        time=article["time"],
        time_title=f"{minute(time)}, {found(article['time_method'])}",
        age=age(time, now),
        undated=article["enriched"] and article["time_method"] == "first_seen",
        tags=tag_links(article["tags"])[:TAGS],
        story=(article.get("story") or {}).get("id", ""),
        also=also(article),
        marked=bool(snippet),
    )


def _marked(snippet: str | None) -> Markup:
    """A snippet of the HTTP API, which is HTML with `mark` and nothing else."""
    return Markup(nh3.clean(snippet, tags={"mark"}, attributes={})) if snippet else Markup()  # noqa: S704


def also(article: Mapping[str, Any]) -> Link | None:
    """Who else tells it: by its story, which knows more of them, else by its repeats. None where nobody does."""
    story, others = article.get("story"), article.get("also_in")
    if story and story["size"] > 1:
        return Link(story_place(story["id"]), _told(story["size"] - 1, story["sources"] - 1))
    return (
        Link(f"{article_place(article['id'])}#also-in", _told(others["articles"], others["count"])) if others else None
    )


def _told(articles: int, sources: int) -> str:
    """`also in 3 sources`, or `2 more articles` where they are all of one."""
    if sources:
        return f"also in {sources:,} source{'s' if sources > 1 else ''}"
    return f"{articles:,} more article{'s' if articles > 1 else ''}"


def grouped(articles: Iterable[Mapping[str, Any]], now: datetime) -> list[tuple[str, list[Headline]]]:
    """Articles, newest first, under the headings of the front page."""
    return [
        (label, [headline(article, now) for article in members])
        for label, members in groupby(articles, lambda article: group(datetime.fromisoformat(article["time"]), now))
    ]


def teaser(summary: str, title: str) -> str:
    """At most 220 characters of the summary, cut between words; nothing where it only repeats the title."""
    text = one_line(summary)
    if text.casefold().rstrip(".… ") == one_line(title).casefold().rstrip(".… "):
        return ""
    if len(text) <= SUMMARY_CHARS:
        return text
    cut = text[:SUMMARY_CHARS]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,.;:–—-") + "…"


def tag_links(tags: Sequence[Mapping[str, Any]]) -> tuple[Link, ...]:
    """A link for each tag; of several with the same label the first stands."""
    links: dict[str, Link] = {}
    for tag in tags:
        links.setdefault(tag["label"].casefold(), Link(tag_place(tag["slug"]), tag["label"]))
    return tuple(links.values())
