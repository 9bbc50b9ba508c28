"""One headline as the page shows it, from the headline form of the HTTP API."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from urllib.parse import quote, urlsplit

from services.api.ages import age
from services.api.headlines import one_line
from services.api.page.times import found, group, minute

SUMMARY_CHARS = 220
TAGS = 4


@dataclass(frozen=True, slots=True)
class Link:
    """A link within the page, or to a publisher. `label` is not escaped yet."""

    href: str
    label: str


@dataclass(frozen=True, slots=True)
class Headline:
    """What the template shows. `time` is ISO 8601, `time_title` says which moment that is and how it was found.

    `undated` says that the publisher gave no time to be believed: the age is that of the first sight, and says so.
    """

    id: str
    revision: int
    title: str
    summary: str
    page: str
    source: Link
    language: str
    time: str
    time_title: str
    age: str
    undated: bool
    tags: tuple[Link, ...]
    also_in: str = ""


BLANK = Headline("", 0, "", "", "", Link("", ""), "", "", "", "", False, (Link("", ""),))
"""What the page's script fills in for an article that arrives while the page is open."""


def headline(article: Mapping[str, Any], now: datetime) -> Headline:
    """Shape one article of the headline form for the list. `static/dateline.js` does the same for live ones."""
    time = datetime.fromisoformat(article["time"])
    source = article["source"]
    return Headline(
        id=article["id"],
        revision=article["revision"],
        title=one_line(article["title"]) or "Untitled",
        summary=teaser(article.get("summary") or "", article["title"]),
        page=f"/articles/{quote(article['id'], safe='')}",
        source=Link(f"/?source={quote(source['id'], safe='')}", source["name"]),
        language=article.get("language") or "",
        time=article["time"],
        time_title=f"{minute(time)}, {found(article['time_method'])}",
        age=age(time, now),
        undated=article["enriched"] and article["time_method"] == "first_seen",
        tags=tag_links(article["tags"])[:TAGS],
        also_in=_also_in(article.get("also_in")),
    )


def _also_in(others: Mapping[str, Any] | None) -> str:
    """`also in 3 sources`; empty where nobody repeats it."""
    if not others:
        return ""
    return "also in 1 source" if others["count"] == 1 else f"also in {others['count']} sources"


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
        links.setdefault(tag["label"].casefold(), Link(f"/?tag={quote(tag['slug'], safe='')}", tag["label"]))
    return tuple(links.values())


def web_link(url: str | None) -> str | None:
    """The URL if a browser may be sent there: http or https only, so that no `javascript:` gets through."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None
