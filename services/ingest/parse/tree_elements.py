"""What each element of RSS, Atom and their modules says. A reader puts it where feedparser would."""

import re
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

from feedparser.api import LooseFeedParser

from services.ingest.parse.tree_scope import Around, Scope
from services.ingest.parse.tree_text import all_text, markup_inside, own_text, text_of_element
from services.ingest.parse.well_formed import Doubt

Reader = Callable[[Scope, Element, dict[str, str], Around, str], None]
"""Is given the scope, the element with its attributes, what is around it, and its name."""

_TYPES = {"text": "text/plain", "plain": "text/plain", "html": "text/html", "xhtml": "application/xhtml+xml"}
_READ_TYPES = frozenset(("text/plain", "text/html", "application/xhtml+xml"))
_HTML_TYPES = frozenset(("text/html", "application/xhtml+xml"))
_EMAIL = re.compile(r"[\w.+-]+@(?:[a-zA-Z0-9-]+\.)+[a-zA-Z]{2,24}(?:\?subject=\S+)?")
_MOST_TAGS = 1_000
"""Of an entry; of these some may have the same label."""
_SPELLING = {"pubdate": "pubDate", "lastbuilddate": "lastBuildDate"}


def _content(
    scope: Scope, element: Element, attributes: dict[str, str], around: Around, default: str
) -> dict[str, Any]:
    kind = attributes.get("type", default).lower()
    kind = _TYPES.get(kind, kind)
    if kind not in _READ_TYPES or attributes.get("mode") == "base64":
        raise Doubt(f"it holds a text of type {kind}")
    if kind == "application/xhtml+xml":
        value = markup_inside(element, scope.names, unwrap=scope.version == "atom10")
    else:
        value = text_of_element(element)
        if kind == "text/plain" and not scope.atom and LooseFeedParser.looks_like_html(value):
            kind = "text/html"
    return {"type": kind, "language": around.language, "base": around.base, "value": value}


def _add_content(scope: Scope, content: dict[str, Any]) -> None:
    scope.has_content = True
    scope.found.setdefault("content", []).append(content)
    scope.found.setdefault("summary", content["value"])


def read_title(scope: Scope, element: Element, attributes: dict[str, str], around: Around, name: str) -> None:
    content = _content(scope, element, attributes, around, "text/plain")
    scope.title(content["value"], content, around.depth, stays=name != "media:title")


def read_summary(scope: Scope, element: Element, attributes: dict[str, str], around: Around, name: str) -> None:
    """The second of two descriptions is the content."""
    if "summary" in scope.found and not scope.has_content:
        _add_content(scope, _content(scope, element, attributes, around, "text/plain"))
        return
    default = "text/html" if name.endswith("description") else "text/plain"
    content = _content(scope, element, attributes, around, default)
    scope.keep("summary", content["value"], around.depth)
    scope.found["summary_detail"] = content


def read_content(scope: Scope, element: Element, attributes: dict[str, str], around: Around, name: str) -> None:
    default = "text/html" if name == "content:encoded" else "text/plain"
    _add_content(scope, _content(scope, element, attributes, around, default))


def _href(attributes: dict[str, str]) -> dict[str, str]:
    found = {key: value for key, value in attributes.items() if key not in ("url", "uri", "href")}
    address = attributes.get("url", attributes.get("uri", attributes.get("href")))
    return found | ({"href": address} if address else {})


def read_link(scope: Scope, element: Element, attributes: dict[str, str], around: Around, _name: str) -> None:
    link = {"rel": "alternate", **_href(attributes)}
    link.setdefault("type", "application/atom+xml" if link["rel"] == "self" else "text/html")
    scope.found.setdefault("links", []).append(link)
    if "href" in link:
        link["href"] = around.resolve(link["href"])
        if link["rel"] == "alternate" and _TYPES.get(link["type"], link["type"]) in _HTML_TYPES:
            scope.found["link"] = link["href"]
        return
    address = text_of_element(element).replace("&amp;", "&")
    scope.found["link"] = around.resolve(address) if address else ""
    if address:
        link["href"] = scope.found["link"]


def read_id(scope: Scope, element: Element, attributes: dict[str, str], around: Around, _name: str) -> None:
    value = text_of_element(element)
    scope.keep("id", value, around.depth)
    is_link = attributes.get("ispermalink", "true") == "true"
    scope.found.setdefault("guidislink", is_link and "link" not in scope.found)
    if is_link:
        scope.found.setdefault("link", value)


def read_date(scope: Scope, element: Element, _attributes: dict[str, str], around: Around, name: str) -> None:
    key = DATES[name]
    scope.keep(key, text_of_element(element), around.depth)
    scope.found[f"{key}_element"] = _SPELLING.get(name, name)


def read_person(scope: Scope, element: Element, _attributes: dict[str, str], _around: Around, _name: str) -> None:
    told = {scope.names.of(part.tag).rpartition(":")[2]: text_of_element(part) for part in element}
    person = {key: told[key] for key in ("name", "email") if told.get(key)}
    if not told and (text := own_text(element)):
        person = _name_and_email(text)
    scope.found.setdefault("authors", []).append(person)


def _name_and_email(text: str) -> dict[str, str]:
    """Of `Jo Berg <jo@example.com>`, `jo@example.com (Jo Berg)` and the like."""
    match = _EMAIL.search(text)
    if match is None:
        return {"name": text}
    rest = text.replace(match[0], "").replace("()", "").replace("<>", "").replace("&lt;&gt;", "").strip()
    name = rest.removeprefix("(").removesuffix(")").strip()
    return {"email": match[0]} | ({"name": name} if name else {})


def _add_tag(scope: Scope, term: str | None, scheme: str | None = None, label: str | None = None) -> None:
    tag = {"term": term, "scheme": scheme, "label": label}
    tags = scope.found.setdefault("tags", [])
    if any(tag.values()) and len(tags) < _MOST_TAGS and tag not in tags:
        tags.append(tag)


def read_category(scope: Scope, element: Element, attributes: dict[str, str], _around: Around, name: str) -> None:
    term = attributes.get("text" if name == "itunes:category" else "term")
    _add_tag(scope, term, attributes.get("scheme", attributes.get("domain")), attributes.get("label"))
    if value := own_text(element) or all_text(element):  # some put markup into it
        tags = scope.found["tags"]
        if tags and not tags[-1]["term"]:
            tags[-1]["term"] = value
        else:
            _add_tag(scope, value)


def read_keywords(scope: Scope, element: Element, _attributes: dict[str, str], _around: Around, _name: str) -> None:
    for term in text_of_element(element).split(","):
        if term.strip():
            _add_tag(scope, term.strip())


def read_enclosure(scope: Scope, _element: Element, attributes: dict[str, str], _around: Around, _name: str) -> None:
    scope.found.setdefault("links", []).append({**_href(attributes), "rel": "enclosure"})


def read_media(scope: Scope, _element: Element, attributes: dict[str, str], _around: Around, _name: str) -> None:
    scope.found.setdefault("media_content", []).append(attributes)


def read_thumbnail(scope: Scope, element: Element, attributes: dict[str, str], around: Around, _name: str) -> None:
    text = text_of_element(element)
    scope.found.setdefault("media_thumbnail", []).append(
        {"url": around.resolve(text)} | attributes if text else attributes
    )


def read_image(scope: Scope, _element: Element, attributes: dict[str, str], _around: Around, _name: str) -> None:
    if href := attributes.get("href") or attributes.get("url"):
        scope.found["image"] = {"href": href}


def read_text(scope: Scope, element: Element, attributes: dict[str, str], around: Around, name: str) -> None:
    """One string by its own name, such as a `ttl`."""
    if not attributes or name.endswith("language"):
        key = name.rpartition(":")[2] if name.endswith("language") else name.replace(":", "_")
        scope.keep(key, text_of_element(element), around.depth)


def read_skips(scope: Scope, element: Element, _attributes: dict[str, str], _around: Around, name: str) -> None:
    """`skipHours` and `skipDays`, with an `hour` or a `day` for each."""
    kind = "hour" if name == "skiphours" else "day"
    told = [own_text(child) for child in element if scope.names.of(child.tag) == kind]
    scope.found.setdefault(f"skip_{kind}s", []).extend(told)


DATES = {
    "pubdate": "published", "published": "published", "issued": "published", "dcterms:issued": "published",
    "updated": "updated", "modified": "updated", "lastbuilddate": "updated", "dc:date": "updated",
    "dcterms:modified": "updated", "created": "created", "dcterms:created": "created",
}  # fmt: skip
FEED_READERS: dict[str, Reader] = {
    **dict.fromkeys(("title", "dc:title", "media:title"), read_title),
    **dict.fromkeys(("author", "managingeditor", "dc:creator", "dc:author", "itunes:author"), read_person),
    **dict.fromkeys(("language", "dc:language", "ttl"), read_text),
    **dict.fromkeys(("sy:updateperiod", "sy:updatefrequency", "sy:updatebase"), read_text),
    **dict.fromkeys(("skiphours", "skipdays"), read_skips),
    "link": read_link,
}
ENTRY_READERS: dict[str, Reader] = {
    **FEED_READERS,
    **dict.fromkeys(DATES, read_date),
    **dict.fromkeys(("description", "dc:description", "media:description"), read_summary),
    **dict.fromkeys(("summary", "itunes:summary"), read_summary),
    **dict.fromkeys(("content", "content:encoded"), read_content),
    **dict.fromkeys(("guid", "id"), read_id),
    **dict.fromkeys(("category", "keywords", "dc:subject", "media:category", "itunes:category"), read_category),
    **dict.fromkeys(("itunes:keywords", "media:keywords"), read_keywords),
    "enclosure": read_enclosure,
    "media:content": read_media,
    "media:thumbnail": read_thumbnail,
    "itunes:image": read_image,
    "itunes:link": read_image,
    "feedburner:origlink": read_text,
}
SOURCE_READERS: dict[str, Reader] = {"title": read_title, "link": read_link, "id": read_id, "guid": read_id}
