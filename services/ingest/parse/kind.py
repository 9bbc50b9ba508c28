"""Names what a document is that is no feed, so that its owner knows what to do."""

import re

_MAGIC = (
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "gzip data that the server did not declare as compressed"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x89PNG", "a PNG image"),
    (b"GIF8", "a GIF image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"RIFF", "a media file"),
    (b"ID3", "an MP3 file"),
    (b"wOFF", "a font"),
)
_ROOT = re.compile(r"<(?![?!])\s*([A-Za-z_][\w.:-]*)")
_ROOTS = {
    "html": "an HTML page; give the address of its feed instead",
    "head": "an HTML page; give the address of its feed instead",
    "body": "an HTML page; give the address of its feed instead",
    "opml": "an OPML list of feeds; import it as a list instead",
    "urlset": "a sitemap",
    "svg": "an SVG image",
    "error": "an XML error message",
}


def opening(body: bytes) -> str:
    """The first characters, decoded well enough to recognise what they are."""
    head = body[:4096]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or head[1:2] == b"\x00" or head[:1] == b"\x00":
        head = head.replace(b"\x00", b"")
    return head.decode("utf-8", "ignore").lstrip("\ufeff\ufffe\x00 \t\r\n")


def root_of(body: bytes) -> str | None:
    """The name of the first element, in lower case, or None where there is none near the beginning."""
    match = _ROOT.search(re.sub(r"<!--.*?-->", "", opening(body), flags=re.DOTALL))
    return match[1].lower() if match else None


def name_kind(body: bytes) -> str:
    """A noun phrase: "an HTML page; give the address of its feed instead"."""
    if not body.strip():
        return "empty"
    magic = next((name for magic, name in _MAGIC if body.startswith(magic)), None)
    return magic or _name_text(opening(body), body)


def _name_text(head: str, body: bytes) -> str:
    root = "html" if head.lower().startswith("<!doctype html") else root_of(body)
    if root in _ROOTS:
        return _ROOTS[root]
    if head.startswith(("<", "<?xml")):
        return (
            f"an XML document whose root is <{root}>, which is no feed format"
            if root
            else "an XML document without elements"
        )
    if head.startswith(("{", "[")):
        return "JSON, but no JSON Feed"
    if sum(character.isprintable() or character.isspace() for character in head) < 0.9 * len(head) or not head:
        return "binary data"
    return "plain text"
