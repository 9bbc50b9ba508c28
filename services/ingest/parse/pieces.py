"""A well-formed feed in pieces: each entry as bytes, and the feed around them.

Most of what a poll brings was there at the last one. Taken apart, only entries that are new need to be read. That is
exact: with a mark in the place of each entry the rest must be well-formed, with each mark where an entry may stand; and
the entries between marks must each be one element. Whatever is not so is read as a whole. No feed can know the marks.
"""

import re
import secrets
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from services.ingest.parse.feedparser_reader import RawFeed
from services.ingest.parse.names import spelled_one_way
from services.ingest.parse.tree_reader import VERSIONS, RawEntry, read_entries, read_root
from services.ingest.parse.well_formed import Document, parsed

_OPENING = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)*(<([A-Za-z_][^\s/>]*)[^<]*>)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Pieces:
    """`feed` has no entries: they stand in `entries`, as they are, in their order. `opening` is the root's tag."""

    feed: RawFeed
    entries: tuple[bytes, ...]
    opening: bytes
    closing: bytes
    versions: frozenset[str]
    url: str

    def read(self, entries: list[bytes]) -> list[RawEntry] | None:
        """Some of the entries. None where they cannot be read apart from the rest; raises `Doubt`."""
        mark = _new_mark()
        separator = b"<%s/>" % mark.encode()
        try:
            document = parsed(
                b"".join((self.opening, separator, *(entry + separator for entry in entries), self.closing))
            )
        except ParseError:
            return None
        children = list(document.root)
        right = len(children) == 2 * len(entries) + 1 and all(_is(child, mark) for child in children[::2])
        if not right or not spelled_one_way(document.declared):
            return None
        if not document.names.namespaces & VERSIONS <= self.versions:
            return None
        return read_entries(
            children[1::2], document.root, names=document.names, version=self.feed.version, url=self.url
        )


def take_apart(utf8: bytes, problems: tuple[str, ...], url: str) -> Pieces | None:
    """None where there is no entry or they cannot be told from the rest. Raises `Doubt` for a feed in doubt."""
    opening = _OPENING.match(utf8)
    if opening is None:
        return None
    name = b"entry" if opening[2].lower().rpartition(b":")[2] == b"feed" else b"item"
    mark = _new_mark()
    around, entries = _cut(utf8, name)
    if not entries:
        return None
    skeleton = (b"<%s/>" % mark.encode()).join(around)
    try:
        document = parsed(skeleton, problems)
    except ParseError:
        return None
    if _marks(document, mark, skeleton.count(b"<channel>")) != len(entries):
        return None
    feed = read_root(document, url)
    versions = document.names.namespaces & VERSIONS
    if feed.entries:
        return None
    return Pieces(feed, tuple(entries), opening[1], b"</%s>" % opening[2], versions, url)


def _cut(utf8: bytes, name: bytes) -> tuple[list[bytes], list[bytes]]:
    """What is around the entries, and these."""
    start, end = b"<" + name, b"</%s>" % name
    around, entries, done, place = list[bytes](), list[bytes](), 0, utf8.find(start)
    while place >= 0:
        after = place + len(start)
        if utf8[after : after + 1] in (b" ", b"\t", b"\r", b"\n", b">"):
            stop = utf8.find(end, after)
            if stop < 0:
                break
            around.append(utf8[done:place])
            after = done = stop + len(end)
            entries.append(utf8[place:done])
        place = utf8.find(start, after)
    return [*around, utf8[done:]], entries


def _marks(document: Document, mark: str, bare_channels: int) -> int:
    """How many marks stand where an entry may stand that inherits nothing but from the root."""
    channels = [child for child in document.root if document.names.of(child.tag) == "channel"]
    marks = sum(_is(child, mark) for child in document.root)
    inside = sum(_is(child, mark) for channel in channels for child in channel)
    return marks + inside if not inside or len(channels) == bare_channels else -1


def _new_mark() -> str:
    return f"mark-{secrets.token_hex(16)}"


def _is(element: Element, mark: str) -> bool:
    return element.tag.rpartition("}")[2] == mark
