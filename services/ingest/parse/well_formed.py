"""Bytes to a tree of elements, where there is no doubt about what they say."""

import codecs
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar
from xml.etree.ElementTree import Element, ParseError, iterparse

from services.ingest.parse.characters import without_impossible_characters
from services.ingest.parse.mend import up_to_its_end, with_ampersands
from services.ingest.parse.names import Names

_DECLARATION = re.compile(rb"<\?xml\b([^>]*?)\?>")
_ENCODING = re.compile(rb"""\bencoding\s*=\s*["']([\w.:-]+)["']""")
_UTF8 = frozenset(("utf-8", "utf8"))
_ONE_BYTE = frozenset((
    "us-ascii", "ascii", "iso-8859-1", "iso-8859-2", "iso-8859-15", "windows-1250", "windows-1251", "windows-1252",
))  # fmt: skip
_FIRST_ELEMENT = re.compile(rb"<[A-Za-z_]")
Read = TypeVar("Read")


class Doubt(Exception):
    """The document is one for the tolerant reader. The message says why."""


@dataclass(frozen=True, slots=True)
class Document:
    """`declared` lists the (prefix, namespace) pairs in their order; `problems` what was mended."""

    root: Element
    names: Names
    declared: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = ()


def read_document(body: bytes, content_type: str | None) -> Document:
    """Raises `Doubt` for XML that is broken, that declares a document type or whose charset is not certain.

    Without a document type there are no entities but XML's own five, so nothing can expand or be fetched.
    """
    return first_readable(certain_utf8(body, content_type), parsed)


def first_readable(utf8: bytes, read: Callable[[bytes, tuple[str, ...]], Read]) -> Read:
    """What `read` makes of the document as it is or, where it raises `ParseError`, mended as far as it needs.

    It is also given the problems so far. Raises `Doubt` where mending does not help.
    """
    problems: tuple[str, ...] = ()
    error: ParseError | None = None
    for mend in (None, without_impossible_characters, with_ampersands, up_to_its_end):
        if mend:
            mended = mend(utf8)
            if mended == utf8:
                continue
            utf8 = mended
            if mend is not without_impossible_characters:  # which everybody leaves out without a word
                problems += (f"its XML is broken: {error}",)
        try:
            return read(utf8, problems)
        except ParseError as caught:
            error = caught
    raise Doubt(f"its XML is broken: {error}") from error


def parsed(utf8: bytes, problems: tuple[str, ...] = ()) -> Document:
    """Raises `ParseError`."""
    events = iterparse(io.BytesIO(utf8), events=("start-ns",))  # noqa: S314 (there is no document type)
    declared = [event[1] for event in events]
    root = events.root  # type: ignore[attr-defined]  # documented; its stub lacks it
    return Document(root, Names(declared), tuple(declared), problems)


def certain_utf8(body: bytes, content_type: str | None) -> bytes:
    """In UTF-8 and without a document type. Raises `Doubt`."""
    utf8 = _utf8(body, content_type)
    start = _FIRST_ELEMENT.search(utf8)
    if start is None or b"<!DOCTYPE" in utf8[: start.start()].upper():
        raise Doubt("it declares a document type" if start else "it has no element")
    return utf8


def _utf8(body: bytes, content_type: str | None) -> bytes:
    """In UTF-8 and without an XML declaration."""
    body = body.lstrip(b" \t\r\n")
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and body[2:4] != b"\0\0":
        try:
            return _DECLARATION.sub(b"", body.decode("utf-16").encode("utf-8"), count=1)
        except UnicodeDecodeError as error:
            raise Doubt("it is broken UTF-16") from error
    body = body.removeprefix(codecs.BOM_UTF8)
    declaration = _DECLARATION.match(body)
    encoding = _ENCODING.search(declaration[1]) if declaration else None
    name = encoding[1].decode("ascii").lower() if encoding else "utf-8"
    content = body[declaration.end() :] if declaration else body
    if content.isascii() and name in (_UTF8 | _ONE_BYTE):
        return content
    try:
        if name in _UTF8 or (declaration and name == "utf-16"):  # which it is not, as we could read so far
            content.decode("utf-8")
            return content
        if name in _ONE_BYTE and "charset" not in (content_type or "").lower():
            return content.decode(name).encode("utf-8")
    except UnicodeDecodeError as error:
        raise Doubt(f"it is not in the charset that it declares, {name}") from error
    raise Doubt(f"its charset is not certain: {name}")
