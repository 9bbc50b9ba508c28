"""What stands inside an element, as a string."""

import re
from collections.abc import Iterator
from contextlib import suppress
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

from services.ingest.parse.names import Names
from services.ingest.parse.well_formed import Doubt

_WINDOWS_1252 = {
    code: bytes((code,)).decode("windows-1252")
    for code in range(0x80, 0xA0)
    if code not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}
_MISPLACED = re.compile("[\x80-\x9f]")
_VOID = frozenset(("br", "img", "hr", "wbr", "col", "source", "input"))
_DEEPEST = 80


def text_of_element(element: Element) -> str:
    """Stripped. Raises `Doubt` where there are elements inside."""
    if len(element):
        raise Doubt(f"<{element.tag}> holds elements where text was expected")
    return repaired(element.text.strip()) if element.text else ""


def own_text(element: Element) -> str:
    """The text beside the elements inside, stripped."""
    return repaired("".join((element.text or "", *(child.tail or "" for child in element))).strip())


def all_text(element: Element) -> str:
    """The text in it and in the elements inside, stripped."""
    return repaired("".join(element.itertext()).strip())


def repaired(text: str) -> str:
    """With Windows characters at their right places, and UTF-8 that was taken for Latin-1 read as what it is."""
    if text.isascii():
        return text
    with suppress(UnicodeError):
        text = text.encode("iso-8859-1").decode("utf-8")
    return _MISPLACED.sub(lambda found: _WINDOWS_1252.get(ord(found[0]), found[0]), text)


def markup_inside(element: Element, names: Names, *, unwrap: bool) -> str:
    """The elements inside as HTML. `unwrap` leaves out one `div` that holds all the rest, as Atom demands it."""
    pieces = [escape(element.text or "")]
    for child in element:
        pieces += _pieces(child, names, 0)
    while len(pieces) > 1 and not pieces[-1].strip():
        pieces.pop()
    while len(pieces) > 1 and not pieces[0].strip():
        pieces.pop(0)
    if unwrap and len(element) == 1 and pieces[0].startswith(("<div>", "<div ")) and pieces[-1] == "</div>":
        pieces = pieces[1:-1]
    return repaired("".join(pieces).strip())


def _pieces(element: Element, names: Names, depth: int) -> Iterator[str]:
    name = names.of(element.tag).rpartition(":")[2]
    if name in ("svg", "math") or depth > _DEEPEST:
        raise Doubt(f"it holds <{name}>" if depth <= _DEEPEST else "it is nested too deeply")
    attributes = names.attributes(element.attrib)
    yield f"<{name}{''.join(f' {key}={quoteattr(value)}' for key, value in attributes.items())}>"
    yield escape(element.text or "")
    for child in element:
        yield from _pieces(child, names, depth + 1)
    if name not in _VOID:
        yield f"</{name}>"
    if element.tail:
        yield escape(element.tail)
