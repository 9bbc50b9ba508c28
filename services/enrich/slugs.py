"""Slugs: the stable form of a tag's name, the same however a publisher spells it."""

import re
import unicodedata

_ASCII_RUNS = re.compile(r"[a-z0-9]+")
_SHARP = re.compile(r"(?<=\w)#")
_APOSTROPHES = str.maketrans("", "", "'’ʼ`")


def slug_of(label: str) -> str:
    """Lower-case letters and digits of any script, joined by `-`; empty where the label has none.

    NFKC first, so that full-width and ligature forms agree. `C++` and `C#` stay apart from `C`.
    """
    text = unicodedata.normalize("NFKC", label).lower().replace("+", " plus ").translate(_APOSTROPHES)
    text = _SHARP.sub(" sharp ", text)
    if text.isascii():
        return "-".join(_ASCII_RUNS.findall(text))
    # Vowel signs of Indic scripts are marks, and part of their words.
    kept = "".join(char if unicodedata.category(char)[0] in "LMN" else " " for char in text)
    return unicodedata.normalize("NFC", "-".join(kept.split()))


_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ə": "e", "ħ": "h"}
)


def plain_slug_of(label: str) -> str:
    """As `slug_of`, but Latin letters lose their accents: `São Tomé` and `Sao Tome` are one. Other scripts stay."""
    slug = slug_of(label)
    if slug.isascii():
        return slug
    parts = unicodedata.normalize("NFD", slug)
    plain = "".join(
        char for at, char in enumerate(parts) if not ("\u0300" <= char <= "\u036f" and "a" <= _base(parts, at) <= "z")
    )
    return unicodedata.normalize("NFC", plain.translate(_PLAIN))


def _base(parts: str, at: int) -> str:
    """The letter that the mark at `at` belongs to."""
    while at and "\u0300" <= parts[at] <= "\u036f":
        at -= 1
    return parts[at]
