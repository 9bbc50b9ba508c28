"""The fast reader: well-formed RSS, RDF and Atom to what feedparser would have found in it.

It knows the common elements and raises `Doubt` for the rest, which feedparser then reads. It never guesses.
"""

from collections.abc import Iterable
from typing import Any
from xml.etree.ElementTree import Element

from services.ingest.parse.feedparser_reader import RawFeed
from services.ingest.parse.names import Names
from services.ingest.parse.tree_elements import ENTRY_READERS, FEED_READERS, SOURCE_READERS, Reader
from services.ingest.parse.tree_scope import Around, Scope
from services.ingest.parse.tree_text import own_text
from services.ingest.parse.well_formed import Document, Doubt, read_document

RawEntry = dict[str, Any]
"""An entry with feedparser's keys."""
_RSS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_ATOM = {"0.1": "atom01", "0.2": "atom02", "0.3": "atom03"}
_RDF_10, _ATOM_10 = "http://purl.org/rss/1.0/", "http://www.w3.org/2005/atom"
_RDF_090 = "http://my.netscape.com/rdf/simple/0.9/"
VERSIONS = frozenset((_RDF_10, _RDF_090, _ATOM_10))
"""The namespaces by which versions are told apart."""
_ENTRIES = frozenset(("item", "entry"))
_OF_OTHERS = frozenset(("contributor", "dc:contributor", "image", "textinput", "itunes:owner", "media:credit"))
"""Their names, titles and links are not those of the feed or entry around them."""
_NOT_READ = frozenset((
    "tags", "authors", "links", "fullitem", "body", "xhtml:body", "abstract", "dc:abstract", "svg", "math", "channel",
    "feed", "rss", "item", "entry", "source",
))  # fmt: skip
"""Those of the rest of which feedparser makes something that we publish."""
_DEEPEST = 80


def read_tree(body: bytes, *, url: str, content_type: str | None) -> RawFeed:
    """Raises `Doubt`, with the reason, where the document had better be read by feedparser."""
    return read_root(read_document(body, content_type), url)


def read_root(document: Document, url: str) -> RawFeed:
    """Raises `Doubt`."""
    root, names = document.root, document.names
    attributes = names.attributes(root.attrib)
    around = Around(url, None, 0).inside(attributes)
    door = {"rss": _read_rss, "rdf:rdf": _read_rdf, "feed": _read_atom}.get(names.of(root.tag))
    if door is None:
        raise Doubt(f"its root is <{names.of(root.tag)}>")
    found = door(root, attributes, around, names)
    found.problems += document.problems
    return found


def read_entries(elements: Iterable[Element], root: Element, *, names: Names, version: str, url: str) -> list[RawEntry]:
    """Entries that stand directly in `root`, or in a channel without attributes. Raises `Doubt`."""
    around = Around(url, None, 0).inside(names.attributes(root.attrib))
    feed = Scope(names, version)
    return [_entry(feed, element, around) for element in elements]


def _read_rss(root: Element, attributes: dict[str, str], around: Around, names: Names) -> RawFeed:
    if names.namespaces & {_RDF_10, _RDF_090}:
        raise Doubt("it is of two versions")
    said = attributes.get("version", "")
    version = _RSS.get(said) or ("rss20" if said.startswith("2.") else "rss")
    return _with_channels(root, around, Scope(names, version))


def _read_rdf(root: Element, _attributes: dict[str, str], around: Around, names: Names) -> RawFeed:
    if _ATOM_10 in names.namespaces or len(names.namespaces & {_RDF_10, _RDF_090}) != 1:
        raise Doubt("it is of no or of two versions")
    return _with_channels(root, around, Scope(names, "rss10" if _RDF_10 in names.namespaces else "rss090"))


def _with_channels(root: Element, around: Around, feed: Scope) -> RawFeed:
    entries: list[dict[str, Any]] = []
    if around.language:
        feed.found["language"] = around.language if feed.names.of(root.tag) == "rss" else None
    for child in root:
        name = feed.names.of(child.tag)
        if name == "channel":
            attributes = feed.names.attributes(child.attrib)
            if attributes.keys() & {"lastmod", "href"}:
                raise Doubt("it is a channel of Microsoft's CDF")
            _read_inside(feed, child, around.inside(attributes), FEED_READERS, entries)
        elif name in _ENTRIES:
            entries.append(_entry(feed, child, around))
        elif name in FEED_READERS:
            raise Doubt(f"<{name}> stands outside the channel")
    return RawFeed(feed.version, feed.found, entries)


def _read_atom(root: Element, attributes: dict[str, str], around: Around, names: Names) -> RawFeed:
    if names.namespaces & {_RDF_10, _RDF_090}:
        raise Doubt("it is of two versions")
    version = "atom10" if _ATOM_10 in names.namespaces else _ATOM.get(attributes.get("version", ""), "atom")
    feed, entries = Scope(names, version), list[dict[str, Any]]()
    if around.language:
        feed.found["language"] = around.language
    _read_inside(feed, root, around, FEED_READERS, entries)
    return RawFeed(version, feed.found, entries)


def _entry(feed: Scope, element: Element, around: Around) -> dict[str, Any]:
    entry = Scope(feed.names, feed.version)
    attributes = feed.names.attributes(element.attrib)
    if attributes.keys() & {"lastmod", "href"}:
        raise Doubt("it is a channel of Microsoft's CDF")
    if about := attributes.get("rdf:about"):
        entry.found["id"] = about
    _read_inside(entry, element, around.inside(attributes), ENTRY_READERS, None)
    return entry.found


def _read_inside(
    scope: Scope, element: Element, around: Around, readers: dict[str, Reader], entries: list[dict[str, Any]] | None
) -> None:
    """Each element by its reader. What has none may hold some that have one: `media:group` does."""
    if around.depth > _DEEPEST:
        raise Doubt("it is nested too deeply")
    names = scope.names
    for child in element:
        name = names.of(child.tag)
        if entries is not None and name in _ENTRIES:
            entries.append(_entry(scope, child, around))
        elif name in _OF_OTHERS:
            if entries is None and name == "image":
                raise Doubt("an entry has an <image>")
        elif name == "source" and entries is None:
            _read_source(scope, child, around)
        elif name in _NOT_READ:
            raise Doubt(f"it has <{name}> inside <{names.of(element.tag)}>")
        else:
            attributes = names.attributes(child.attrib) if child.attrib else {}
            inner = around.inside(attributes)
            reader = readers.get(name)
            if reader:
                reader(scope, child, attributes, inner, name)
            if len(child) and (reader is None or name in ("media:content", "itunes:category", "enclosure")):
                _read_inside(scope, child, inner, readers, None if entries is None else [])


def _read_source(entry: Scope, element: Element, around: Around) -> None:
    attributes = entry.names.attributes(element.attrib)
    source = Scope(entry.names, entry.version)
    if "url" in attributes:
        source.found["href"] = attributes["url"]
    _read_inside(source, element, around.inside(attributes), SOURCE_READERS, None)
    if title := own_text(element):
        source.found["title"] = title
    entry.found["source"] = source.found
