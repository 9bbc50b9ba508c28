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
