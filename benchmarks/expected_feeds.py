"""What other projects expect of the feeds in their test data, in our fields.

Each reader yields (file, expectations). An expectation is (place, field, value): the place is -1 for the feed or the
number of an entry. A field is left out where a project changes it on purpose and the change cannot be undone: dates
that it normalises, ids that it makes up.
"""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Expectation = tuple[int, str, Any]
Expected = Iterator[tuple[Path, list[Expectation]]]

_EXPECT = re.compile(rb"^Expect:\s*(.+)$", re.MULTILINE)
_COMPARED = re.compile(r"(?:not bozo and )?(feed|entries\[(\d+)\])((?:\[(?:'\w+'|\d+)\])+)\s*==\s*(.+)$")
_KEYS = {
    "title": "title", "title_detail/value": "title", "link": "url", "id": "guid", "guid": "guid",
    "author_detail/name": "author", "authors/0/name": "author", "tags/0/term": "category", "language": "language",
    "published": "published", "source/title": "source", "content/0/value": "text",
    "summary": "text", "description": "text", "summary_detail/value": "text", "enclosures/0/url": "enclosure",
    "enclosures/0/href": "enclosure", "image/href": "image",
}  # fmt: skip


def _listed(place: int, **fields: object) -> Iterator[Expectation]:
    for field, value in fields.items():
        if isinstance(value, str) and value.strip() and "\ufffd" not in value:  # the last was broken by that project
            yield place, field, value


def _first(values: object, *keys: str) -> object:
    """`values[0][key]`, by the first key that is there."""
    first = values[0] if isinstance(values, list) and values else values
    return next((first[key] for key in keys if first.get(key)), None) if isinstance(first, dict) else first


def _value(holder: object) -> object:
    return holder.get("content", holder.get("body")) if isinstance(holder, dict) else None


def rss_parser(folder: Path) -> Expected:
    for path in sorted((folder / "input").iterdir()):
        answer = folder / "output" / f"{path.stem}.json"
        if not answer.exists():
            continue
        feed = json.loads(answer.read_bytes().decode("utf-8", "replace"))["feed"]
        found = list(_listed(-1, title=feed.get("title"), url=feed.get("link")))
        for place, entry in enumerate(feed["items"]):
            date = entry.get("pubDate")
            found += _listed(
                place,
                title=entry.get("title"),
                url=entry.get("link"),
                guid=entry.get("guid", entry.get("id")),
                published=None if re.search(r"\.\d{3}Z$", str(date)) else date,
                category=_first(entry.get("categories"), "_"),
                author=entry.get("creator", entry.get("author")),
                enclosure=_first(entry.get("enclosure"), "url"),
                text=entry.get("content:encoded", entry.get("content")),
            )
        yield path, found


def feed_rs(folder: Path) -> Expected:
    for answer in sorted(folder.rglob("*.serde.json")):
        path = next(
            (p for p in answer.parent.glob(answer.name.removesuffix(".serde.json") + ".*") if p != answer), None
        )
        feed = json.loads(answer.read_bytes().decode("utf-8", "replace"))
        if path is None or "entries" not in feed:
            continue
        found = list(_listed(-1, title=_value(feed.get("title")), language=feed.get("language")))
        for place, entry in enumerate(feed["entries"]):
            links = [link for link in entry["links"] if link.get("rel") in (None, "alternate")]
            found += _listed(
                place,
                title=_value(entry.get("title")),
                url=_first(links, "href"),
                guid=entry["id"] if feed["feed_type"] == "Atom" else None,
                author=_first(entry["authors"], "name"),
                category=_first(entry["categories"], "label", "term"),
                text=_value(entry.get("content")) or _value(entry.get("summary")),
            )
        yield path, found


def gofeed(folder: Path) -> Expected:
    for answer in sorted(folder.glob("parser/atom/*.json")) + sorted(folder.glob("parser/rss/*.json")):
        feed = json.loads(answer.read_bytes().decode("utf-8", "replace"))
        path = answer.with_suffix(".xml")
        if not path.exists() or not isinstance(feed, dict) or feed.get("error"):
            continue
        found = list(_listed(-1, title=feed.get("title"), language=feed.get("language"), url=feed.get("link")))
        for place, entry in enumerate(feed.get("entries") or feed.get("items") or ()):
            guid, content = entry.get("guid", entry.get("id")), entry.get("content")
            found += _listed(
                place,
                title=entry.get("title"),
                url=entry.get("link"),
                guid=_first(guid, "value"),
                published=entry.get("pubDate", entry.get("published")),
                author=entry.get("author") or _first(entry.get("authors"), "name", "email"),
                category=_first(entry.get("categories"), "label", "value", "term"),
                enclosure=_first(entry.get("enclosure"), "url"),
                text=_first(content, "value") or entry.get("description") or entry.get("summary"),
            )
        yield path, found


def fastfeedparser(folder: Path) -> Expected:
    for path in sorted(folder.rglob("*.xml")):
        answer = path.with_suffix(".json")
        if not answer.exists():
            continue
        document = json.loads(answer.read_bytes().decode("utf-8", "replace"))
        feed = document["feed"]
        found = list(_listed(-1, title=feed.get("title"), url=feed.get("link"), language=feed.get("language")))
        for place, entry in enumerate(document["entries"]):
            found += _listed(
                place,
                title=entry.get("title"),
                url=entry.get("link"),
                guid=entry.get("id"),
                author=_first(entry.get("authors"), "name"),
                category=_first(entry.get("tags"), "label", "term"),
                text=_first(entry.get("content"), "value") or entry.get("description"),
            )
        yield path, found


def feedparser(folder: Path) -> Expected:
    """Comments such as `Expect: not bozo and entries[0]['title'] == 'Item 1 title'`, read as text."""
    for path in sorted(folder.rglob("*.xml")):
        match = _EXPECT.search(path.read_bytes())
        compared = _COMPARED.match(match[1].decode("utf-8", "replace").strip()) if match else None
        if compared is None:
            continue
        keys = "/".join(re.findall(r"\w+", compared[3]))
        field = _KEYS.get(keys)
        if field is None or (compared[1] == "feed" and field not in ("title", "url", "language")):
            continue
        try:
            value = ast.literal_eval(compared[4])
        except (SyntaxError, ValueError):
            continue
        yield path, list(_listed(int(compared[2] or -1), **{field: value}))


CORPORA = {
    "rss-parser": rss_parser,
    "feed-rs": feed_rs,
    "gofeed": gofeed,
    "fastfeedparser": fastfeedparser,
    "feedparser": feedparser,
}
