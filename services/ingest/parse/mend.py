"""What can be mended in broken XML without a guess: ampersands that begin no reference, HTML's names of characters, and
what stands after the end."""

import re
from html.entities import html5, name2codepoint
from xml.parsers import expat

_JUNK_AFTER = expat.errors.codes[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]
_AMPERSAND = re.compile(
    rb"<!\[CDATA\[.*?\]\]>|<!--.*?-->|<\?.*?\?>"  # in which an ampersand is an ampersand
    rb"|&(?!(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9a-fA-F]+);)(?:([A-Za-z][A-Za-z0-9]*);)?",
    re.DOTALL,
)
_MORE_FEED = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry|channel|feed|rss)\b", re.I)


def with_ampersands(utf8: bytes) -> bytes:
    """With each reference that XML does not know as the character that HTML means by it, or as it stands."""
    return _AMPERSAND.sub(_reference, utf8)


def _reference(found: re.Match[bytes]) -> bytes:
    if not found[0].startswith(b"&"):
        return found[0]
    name = (found[1] or b"").decode("ascii")
    codes = (
        [name2codepoint[name]]
        if name in name2codepoint
        else [ord(character) for character in html5.get(f"{name};", "")]
    )
    return b"".join(b"&#%d;" % code for code in codes) or b"&amp;" + found[0][1:]


def up_to_its_end(utf8: bytes) -> bytes:
    """Without what stands after the root's end, unless that looks like more of a feed."""
    parser = expat.ParserCreate(namespace_separator=" ")
    try:
        parser.Parse(utf8, True)
    except expat.ExpatError as error:
        end = parser.ErrorByteIndex
        if error.code == _JUNK_AFTER and not _MORE_FEED.search(utf8, end):
            return utf8[:end]
    return utf8
