"""The characters that XML may neither hold nor refer to. Feeds do, and every parser fails on them."""

import re

_CONTROL = bytes({*range(0x20)} - {0x09, 0x0A, 0x0D})
_CHARACTER = re.compile(rb"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));")


def without_impossible_characters(utf8: bytes) -> bytes:
    """Without control characters, lone surrogates and references to them."""
    return _CHARACTER.sub(_possible, utf8.translate(None, _CONTROL))


def _possible(reference: re.Match[bytes]) -> bytes:
    digits, base = (reference[1], 16) if reference[1] else (reference[2], 10)
    code = int(digits[-12:], base) if len(digits.lstrip(b"0")) <= 12 else 0
    allowed = code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
    return reference[0] if allowed else b""
