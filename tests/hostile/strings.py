"""Strings that break software: our own, and the corpus `hostile` where it is. And what documentation says of them."""

import json
import tarfile
import unicodedata
from functools import cache

from tests.conftest import CORPORA

OWN = (
    "",
    " \t\r\n ",
    "\x00",
    "nul\x00inside",
    "bell\x07 escape\x1b[31m delete\x7f next\x85line",
    "lone\ud800surrogate",
    "\udfff\ud800",
    "noncharacters\ufffe\uffff\ufdd0",
    "\ufeffbyte order mark",
    "\u202eoverridden\u202c \u2066isolated\u2069",
    "zero\u200bwidth\u200d\u2060",
    "paragraph\u2029and line\u2028separators",
    "tabs\tand\nlines\r\nand  spaces",
    "e\u0301" * 50,
    "Z\u0310\u0342\u0354" + "\u0335" * 150,
    "\U000e0041\U000e007f tags of characters",
    "\U0010fffd\ue000 private",
    "👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "]]> <![CDATA[ <!-- --> <?php ?> &amp;lt; &#0; &#xD800; &unknown;",
    "'; DROP TABLE articles; --",
    '" OR 1=1 -- \\" \\u0000',
    "%00 %ED%A0%80 %FF %s %n {0} {{7*7}} ${7*7}",
    "../../etc/passwd\\..\\..",
    "line: 1\r\nSet-Cookie: broken=1\r\n\r\n<script>ran()</script>",
    "data: x\n\nevent: forged\nid: 9-9",
    "<b>bold</b> <script>ran()</script> <img src=x onerror=ran()>",
    "=cmd|' /C calc'!A0",
    "x" * 199,
    "NaN",
    "-1e999",
    "null",
    "٣٢١ ߁ 𝟘",
)


@cache
def naughty() -> tuple[str, ...]:
    """Each once."""
    return tuple(dict.fromkeys((*OWN, *_of_the_corpus())))


def _of_the_corpus() -> list[str]:
    archive = CORPORA / "hostile.tar.xz"
    if not archive.exists():
        return []
    with tarfile.open(archive) as tar:
        [name] = [name for name in tar.getnames() if name.endswith("blns.json")]
        file = tar.extractfile(name)
        assert file is not None
        return [text for text in json.load(file) if isinstance(text, str)]


def cleaned(text: str) -> str:
    """One line as docs/feeds.md says that it is published."""
    kept = []
    for char in text:
        code = ord(char)
        control = unicodedata.category(char) == "Cc" and char not in "\t\n\r"
        noncharacter = 0xFDD0 <= code <= 0xFDEF or code in (0xFFFE, 0xFFFF)
        if not control and not noncharacter and not 0xD800 <= code <= 0xDFFF:
            kept.append(char)
    return " ".join("".join(kept).split())


def can_be_sent(text: str) -> bool:
    """Whether UTF-8 has it."""
    return not any("\ud800" <= char <= "\udfff" for char in text)


def as_windows(text: str) -> str:
    """The control characters of Latin-1 as what Windows has in their places: so they are read in XML."""
    return "".join(
        bytes((ord(char),)).decode("windows-1252", "replace").replace("\ufffd", char)
        if 0x80 <= ord(char) < 0xA0
        else char
        for char in text
    )
