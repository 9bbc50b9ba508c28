"""An article's page, from the full form of the HTTP API."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from services.api.headlines import one_line
from services.api.page.body import body
from services.api.page.headline import headline, tag_links
from services.api.page.in_story import InStory, Other
from services.api.page.places import Link, address, article_place, feed_place, tag_place, web_link
from services.api.page.times import evidence, minute

_NAMES = 12
_NAMED = ("person:", "org:", "place:")
"""Tags of names stand among the names."""
_KINDS = (("People", "person"), ("Organisations", "organisation"), ("Places", "place"))


def article_page(article: Mapping[str, Any], now: datetime, told: InStory | None = None) -> dict[str, Any]:
    """What `article.html` shows. `told` is who else tells its story."""
    time = datetime.fromisoformat(article["time"])
    link = web_link(article["url"])
    image = web_link(article["image"])
    return {
        "item": headline(article, now),
        "date": minute(time),
        "standfirst": _standfirst(article),
        "authors": ", ".join(one_line(author) for author in article["authors"]),
        "minutes": -(-article["reading_seconds"] // 60) if article["reading_seconds"] else None,
        "tags": tag_links([tag for tag in article["tags"] if not tag["slug"].startswith(_NAMED)]),
        "image": None if image and image in (article["html"] or "") else image,
        "body": body(article),
        "source_link": link,
        "host": urlsplit(link).hostname if link else None,
        "evidence": list(_evidence(article)),
        "enriched": article["enriched"],
        "revisions": len(article["revisions"]),
        "history": f"{article_place(article['id'])}/revisions",
        "revised": minute(datetime.fromisoformat(article["revisions"][0]["seen"])),
        "names": list(_names(article)),
        "feeds": [Link(feed_place(feed["id"]), feed["title"] or feed["url"]) for feed in article["feeds"]],
        "others": told.others if told and told.others else _repeated_in(article),
        "story": told,
        "repeats": article_place(article["repeats"]["id"]) if article.get("repeats") else None,
        "json": f"/v1{article_place(article['id'])}",
        "here": "article",
    }


def _repeated_in(article: Mapping[str, Any]) -> list[Other]:
    return [
        Other(other["name"], Link(article_place(other["article"]), one_line(other["title"])))
        for other in (article.get("also_in") or {"sources": ()})["sources"]
    ]


def _names(article: Mapping[str, Any]) -> Iterator[tuple[str, list[Link]]]:
    """Who and what is named, the most often first. Where the name is a tag it leads to the tag, else to a search."""
    named = article["enrichment"]["names"] if article["enrichment"] else ()
    tags = {tag["slug"] for tag in article["tags"]}
    for title, kind in _KINDS:
        ours = sorted((name for name in named if name["kind"] == kind), key=lambda name: -len(name["mentions"]))
        links: dict[str, Link] = {}
        for name in ours[:_NAMES]:
            label = one_line(name["label"])
            search = address("/search", [("q", '"' + label.replace('"', " ") + '"')])
            links.setdefault(label.casefold(), Link(tag_place(name["slug"]) if name["slug"] in tags else search, label))
        if links:
            yield title, list(links.values())


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
