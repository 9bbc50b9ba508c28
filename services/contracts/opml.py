"""Feed lists in OPML (http://opml.org/spec2.opml), read and written."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from xml.etree import ElementTree
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from services.contracts.strings import one_line, web_url

_DEEPEST = 50
_OPENED = re.compile(rb'\s[\w:]+\s*=\s*"')
_CLOSED = re.compile(rb'"(?=\s+[\w:]+\s*=\s*"|\s*[/?]?>\s*(?:<|$))')
_LONE_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9a-fA-F]+);)")


class BadList(Exception):
    """The file is no OPML that can be read. The message names file and line, and says what is wrong."""


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of a list. The folders that it lies in, and its categories, are its tags."""

    url: str
    title: str | None = None
    site: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """An outline that was meant as a feed, but names no address that can be polled."""

    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outlines:
    """A list's feeds in its order, each URL once with the tags of all its places; and what is none."""

    feeds: list[Outline]
    refused: list[Refused]


def read_opml(text: bytes, *, name: str) -> list[Outline]:
    """The feeds of a list, as `read_outlines` finds them. Raises `BadList`."""
    return read_outlines(text, name=name).feeds


def read_outlines(text: bytes, *, name: str) -> Outlines:
    """All that a list holds. Raises `BadList`. `name` stands in error messages.

    A document type or entity declaration is refused: no feed list needs one, and they are how XML is made to explode.
    """
    try:
        root = _parse(text, name)
    except BadList as error:
        # by far the most common mistakes in lists that people exchange: & < and " as they are, in a title
        mended = _mended(text)
        if mended == text:
            raise
        try:
            root = _parse(mended, name)
        except BadList:
            raise error from None
    if root.tag.lower() != "opml":
        raise BadList(f"{name}: this is <{root.tag}>, not <opml>; give an OPML list of feeds")
    found: dict[str, Outline] = {}
    tags: dict[str, dict[str, None]] = {}
    refused: dict[Refused, None] = {}
    for child in root:
        if isinstance(child.tag, str) and child.tag.lower() == "body":
            for outline in _outlines(child, ()):
                if isinstance(outline, Refused):
                    refused[outline] = None
                else:
                    found.setdefault(outline.url, outline)
                    tags.setdefault(outline.url, {}).update(dict.fromkeys(outline.tags))
    return Outlines([replace(found[url], tags=tuple(tags[url])) for url in found], list(refused))


def write_opml(outlines: Iterable[Outline], *, title: str) -> str:
    """An OPML 2.0 document that `read_opml` reads as the same feeds.

    A feed's tags become its `category`, a comma-separated list. A tag that could not stand there, because of a comma
    or slash, becomes a folder around the feed, and so do those before it, as folders come first in reading.
    """
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0">',
        f"  <head><title>{_escaped(title)}</title></head>",
        "  <body>",
    ]
    for outline in map(_readable, outlines):
        odd = [number for number, tag in enumerate(outline.tags, 1) if "," in tag or "/" in tag]
        folders, categories = outline.tags[: max(odd, default=0)], outline.tags[max(odd, default=0) :]
        attributes = {"type": "rss", "text": outline.title or outline.url, "xmlUrl": outline.url}
        if outline.title:
            attributes["title"] = outline.title
        if outline.site:
            attributes["htmlUrl"] = outline.site
        if categories:
            attributes["category"] = ",".join(categories)
        opened = "".join(f"<outline text={quoteattr(folder)}>" for folder in folders)
        feed = f"<outline {' '.join(f'{key}={quoteattr(value)}' for key, value in attributes.items())}/>"
        lines.append(f"    {opened}{feed}{'</outline>' * len(folders)}")
    return "\n".join([*lines, "  </body>", "</opml>", ""])


def _readable(outline: Outline) -> Outline:
    """As it is read again: XML has no control characters, and an attribute no line breaks."""
    title = one_line(outline.title) if outline.title else None
    tags = tuple(dict.fromkeys(tag for name in outline.tags if (tag := one_line(name))))
    return replace(outline, title=title, tags=tags)


def _mended(text: bytes) -> bytes:
    """With what should have been escaped in the values of attributes escaped. Each byte is looked at once."""
    pieces, at = [], 0
    while (opened := _OPENED.search(text, at)) and (closed := _CLOSED.search(text, opened.end())):
        value = text[opened.end() : closed.start()]
        escaped = _LONE_AMPERSAND.sub(b"&amp;", value).replace(b"<", b"&lt;").replace(b'"', b"&quot;")
        pieces += [text[at : opened.end()], escaped]
        at = closed.start()
    return b"".join([*pieces, text[at:]])


def _parse(text: bytes, name: str) -> ElementTree.Element:
    builder = ElementTree.TreeBuilder()
    parser = expat.ParserCreate()
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise BadList(f"{name}, line {parser.CurrentLineNumber}: folders are nested more than {_DEEPEST} deep")
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def refuse(*_declaration: object) -> None:
        raise BadList(f"{name}, line {parser.CurrentLineNumber}: it declares a document type; remove the <!DOCTYPE …>")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(text.lstrip(), True)
        return builder.close()
    except expat.ExpatError as error:
        what = expat.errors.messages.get(error.code, "broken XML")
        raise BadList(f"{name}, line {error.lineno}: {what}; is it an OPML file?") from error
    except (ValueError, LookupError) as error:
        raise BadList(f"{name}: {error}; save it as UTF-8") from error


def _outlines(parent: ElementTree.Element, folders: tuple[str, ...]) -> Iterator[Outline | Refused]:
    for element in parent:
        attributes = {key.lower(): one_line(value) for key, value in element.attrib.items()}
        title = attributes.get("title") or attributes.get("text") or None
        url = web_url(attributes.get("xmlurl"), "")
        if url:
            tags = (*folders, *_categories(attributes.get("category", "")))
            yield Outline(
                url, title if title != url else None, web_url(attributes.get("htmlurl"), ""), tuple(dict.fromkeys(tags))
            )
            yield from _outlines(element, folders)
        else:
            if address := attributes.get("xmlurl"):
                yield Refused(address, "its xmlUrl is no whole http or https URL")
            yield from _outlines(element, (*folders, title) if title else folders)


def _categories(value: str) -> Iterator[str]:
    """`a,/b/c` names the category a, and c within b."""
    for path in value.split(","):
        yield from (part for piece in path.split("/") if (part := piece.strip()))


def _escaped(text: str) -> str:
    return quoteattr(text)[1:-1]
