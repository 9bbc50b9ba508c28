"""An article's page, from the full form of the HTTP API."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from services.api.headlines import one_line
from services.api.page.body import body
from services.api.page.headline import Link, headline, tag_links, web_link
from services.api.page.times import evidence, minute


def article_page(article: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What `article.html` shows."""
    time = datetime.fromisoformat(article["time"])
    link = web_link(article["url"])
    image = web_link(article["image"])
    return {
        "item": headline(article, now),
        "date": minute(time),
        "standfirst": _standfirst(article),
        "authors": ", ".join(one_line(author) for author in article["authors"]),
        "minutes": -(-article["reading_seconds"] // 60) if article["reading_seconds"] else None,
        "tags": tag_links(article["tags"]),
        "image": None if image and image in (article["html"] or "") else image,
        "body": body(article),
        "source_link": link,
        "host": urlsplit(link).hostname if link else None,
        "evidence": list(_evidence(article)),
        "enriched": article["enriched"],
        "revisions": [_revision(revision) for revision in article["revisions"]],
        "feeds": [Link(f"/?feed={feed['id']}", feed["title"] or feed["url"]) for feed in article["feeds"]],
        "others": [
            {"source": other["name"], "link": Link(f"/articles/{other['article']}", one_line(other["title"]))}
            for other in (article.get("also_in") or {"sources": ()})["sources"]
        ],
        "repeats": f"/articles/{article['repeats']['id']}" if article.get("repeats") else None,
        "json": f"/v1/articles/{quote(article['id'], safe='')}",
    }


def _standfirst(article: Mapping[str, Any]) -> str | None:
    """The summary, where it says more than the beginning of the body that follows it."""
    summary, text = one_line(article["summary"] or ""), one_line(article["text"] or "")
    begins = summary.rstrip(" .…[]").casefold()
    if not text or not summary or text.casefold().startswith(begins):
        return None
    return summary


def _evidence(article: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    enrichment = article["enrichment"]
    times = enrichment["times"] if enrichment else {}
    for label, name in (("Published", "published"), ("Updated", "updated"), ("First seen", "first_seen")):
        if times.get(name):
            yield evidence(label, times[name])
    if not times:
        at = article["first_seen"]
        yield evidence("First seen", {"at": at, "method": "first_seen", "precision": "second", "zone": "explicit"})


def _revision(revision: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "number": revision["revision"],
        "title": one_line(revision["title"]),
        "summary": one_line(revision["summary"] or ""),
        "seen": revision["seen"],
        "date": minute(datetime.fromisoformat(revision["seen"])),
    }
