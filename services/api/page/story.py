"""A story's page, from the full form of the HTTP API."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from services.api.ages import age
from services.api.headlines import one_line
from services.api.page.headline import BLANK, Headline, headline, teaser
from services.api.page.narrowing import Place
from services.api.page.places import Link, address, article_place, source_place, story_place, tag_place
from services.api.page.reasons import Why, term_label, why
from services.api.page.times import day, group, minute

SHOWN = 60
_NAMES, _TAGS, _TERMS = 10, 8, 6
_NAMED = ("person:", "org:", "place:")
_KINDS = (("People", "person"), ("Organisations", "organisation"), ("Places", "place"))
_BARS, _HEIGHT = 72, 24
_OPEN_HOURS = 8
"""So many hours are shown without being asked for."""


def story_page(story: Mapping[str, Any], position: str, now: datetime) -> dict[str, Any]:
    """What `story.html` shows. `story` is a `FullStory`."""
    articles, subject = story["articles"], story["id"]
    names = {name["slug"]: name["label"] for name in story["names"]}
    titles = {article["id"]: article["title"] for article in articles}
    lead = next((one for one in articles if one["id"] == story["headline"]["article"]), None)
    feeds = Place(address("/", [("story", subject)]), [], [("q", f"story:{subject}")])
    return {
        "title": one_line(story["title"]) or "Untitled",
        "language": story["language"] or "",
        "standfirst": teaser(lead["summary"] or "", story["title"]) if lead else "",
        "counts": counts(story),
        "opened": _moment(story["opened"], now),
        "last": _moment(story["last"], now),
        "quiet": story["quiet"],
        "first": _source(story["first"], now),
        "named_by": _named_by(story, titles, names),
        "days": _days(story["timeline"]),
        "hours_open": len(story["timeline"]) <= _OPEN_HOURS,
        "chart": chart(story["timeline"]),
        "groups": _grouped(subject, articles[:SHOWN], now),
        "reasons": {one["id"]: why(one["because"], titles, names) for one in articles[:SHOWN]},
        "all": address("/", [("story", subject)]) if story["size"] > len(articles[:SHOWN]) else None,
        "size": story["size"],
        "publishers": [_source(one, now) for one in story["publishers"]],
        "names": list(_names(story)),
        "tags": [Link(tag_place(one["slug"]), one["label"], one["articles"]) for one in _plain(story["tags"])[:_TAGS]],
        "alternates": feeds.alternates(),
        "json": f"/v1/stories/{subject}",
        "page": story_place(subject),
        "id": subject,
        "stream": address("/v1/stream", [("story", subject)]),
        "position": position,
        "blank": BLANK,
        "here": "story",
    }


def counts(story: Mapping[str, Any]) -> str:
    """`5 articles from 3 sources`. `static/script/words.js` says the same."""
    articles, sources = story["size"], story["sources"]
    return f"{articles:,} article{'s' * (articles != 1)} from {sources:,} source{'s' * (sources != 1)}"


def reason(article: Mapping[str, Any], titles: Mapping[str, str]) -> Why | None:
    """Why an article, in full with `because`, belongs to its story."""
    named = article["enrichment"]["names"] if article.get("enrichment") else ()
    return why(article["because"], titles, {name["slug"]: name["label"] for name in named})


def chart(timeline: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Bars of articles an hour, or where the story is long of several hours each; None where there is but one."""
    hours = [int(datetime.fromisoformat(one["hour"]).timestamp()) // 3600 for one in timeline]
    if len(hours) < 2:
        return None
    wide = -(-(hours[-1] - hours[0] + 1) // _BARS)
    heights: dict[int, int] = {}
    for hour, one in zip(hours, timeline, strict=True):
        place = (hour - hours[0]) // wide
        heights[place] = heights.get(place, 0) + one["articles"]
    most = max(heights.values())
    bars = [(place, max(round(count / most * _HEIGHT, 1), 1)) for place, count in sorted(heights.items())]
    begin, end = (datetime.fromisoformat(timeline[at]["hour"]) for at in (0, -1))
    each = "an hour" if wide == 1 else f"in {wide} hours"
    return {
        "width": (hours[-1] - hours[0]) // wide + 1,
        "height": _HEIGHT,
        "bars": [(place, round(_HEIGHT - height, 1), height) for place, height in bars],
        "about": f"Articles {each}, {most} at most, from {minute(begin)} to {minute(end + timedelta(hours=1))}",
        "begin": minute(begin),
        "end": minute(end + timedelta(hours=1)),
    }


def _days(timeline: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The hours under their days (UTC), each with the article that told something first."""
    return [
        (label, [_hour(one) for one in hours])
        for label, hours in groupby(timeline, lambda one: day(datetime.fromisoformat(one["hour"])))
    ]


def _hour(one: Mapping[str, Any]) -> dict[str, Any]:
    at = datetime.fromisoformat(one["hour"]).astimezone(UTC)
    return {
        "at": one["hour"],
        "label": f"{at:%H:%M}",
        "more": one["articles"] - 1,
        "first": Link(article_place(one["article"]), one_line(one["title"]) or "Untitled"),
        "source": one["source"],
    }


def _grouped(subject: str, articles: Sequence[Mapping[str, Any]], now: datetime) -> list[tuple[str, list[Headline]]]:
    """As on the front page, but of who else tells the story all speaks; a line counts who repeats that very article."""
    own = [{**article, "story": None} for article in articles]
    return [
        (label, [replace(headline(article, now), story=subject) for article in members])
        for label, members in groupby(own, lambda one: group(datetime.fromisoformat(one["time"]), now))
    ]


def _named_by(story: Mapping[str, Any], titles: Mapping[str, str], names: Mapping[str, str]) -> dict[str, Any]:
    chosen = story["headline"]
    article = chosen["article"]
    return {
        "editor": chosen["method"] == "editor",
        "article": Link(article_place(article), one_line(titles.get(article, ""))) if article else None,
        "terms": [term_label(term["text"], names) for term in chosen["terms"][:_TERMS]],
        "about": [term_label(term["text"], names) for term in story["terms"][:_TERMS]],
    }


def _source(one: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    return {
        "name": one["name"],
        "page": source_place(one["id"]),
        "article": Link(article_place(one["article"]), one_line(one["title"]) or "Untitled"),
        "seen": _moment(one["first_seen"], now),
        "count": one["articles"],
    }


def _names(story: Mapping[str, Any]) -> Iterator[tuple[str, list[Link]]]:
    tags = {tag["slug"] for tag in story["tags"]}
    for title, kind in _KINDS:
        links = [
            Link(tag_place(one["slug"]) if one["slug"] in tags else _search(one["label"]), one_line(one["label"]))
            for one in story["names"]
            if one["kind"] == kind
        ]
        if links:
            yield title, links[:_NAMES]


def _search(label: str) -> str:
    return address("/search", [("q", '"' + one_line(label).replace('"', " ") + '"')])


def _plain(tags: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [tag for tag in tags if not tag["slug"].startswith(_NAMED)]


def _moment(text: str, now: datetime) -> tuple[str, str, str]:
    """As ISO 8601, as an age, as a date."""
    at = datetime.fromisoformat(text)
    return text, age(at, now), minute(at)
