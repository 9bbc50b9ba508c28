"""The characters of a web page: by byte order mark, HTTP header and meta element, as browsers do
(https://html.spec.whatwg.org/#determining-the-character-encoding)."""

import codecs
import re

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?([\w:.-]+)", re.IGNORECASE)
_IN_META = re.compile(rb"<meta[^>]{1,500}?charset\s*=\s*[\"']?\s*([\w:.-]+)", re.IGNORECASE)
_LOOKED_AT = 8_192
_WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
"""Pages that declare the first are read as the second, which holds it (https://encoding.spec.whatwg.org/#names-and-labels)."""


def decode_page(body: bytes, content_type: str | None) -> str:
    """The page as text. What cannot be decoded becomes U+FFFD; raises nothing."""
    for mark, charset in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, "replace")
    in_header = _IN_HEADER.search(content_type or "")
    in_meta = _IN_META.search(body[:_LOOKED_AT])
    declared = _known(in_header[1]) if in_header else None
    declared = declared or (_known(in_meta[1].decode("ascii")) if in_meta else None)
    for charset in ("utf-8",) if declared is None else (declared, "utf-8"):
        try:
            return body.decode(charset)
        except UnicodeDecodeError:
            continue
    return body.decode(declared or "cp1252", "replace")


def _known(label: str) -> str | None:
    try:
        name = codecs.lookup(label).name
        "".encode(name)  # some codecs are no charsets
    except (LookupError, ValueError):
        return None
    name = "utf-8" if name.startswith("utf-16") else name  # a page whose declaration could be read is not UTF-16
    return _WIDER.get(name, name)
