"""How words are told apart and made alike: by SQLite's own tokenizer, so that no two places disagree.

Letters and digits make words (unicode61), without case and accents, and English endings are cut off (porter; see
https://sqlite.org/fts5.html#tokenizers). Scripts that put no space between words, and Hangul, are indexed a character
each, so that every part of such a text is found as a phrase.
"""

import re
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from functools import lru_cache

TOKENIZER = "porter unicode61 remove_diacritics 2"
SEAM = "\u200b"
"""ZERO WIDTH SPACE: parts two characters for the tokenizer, and is not seen."""

# Thai and Lao, Myanmar, Khmer, kana, ideographs, Hangul (which has spaces, but ties endings to its words).
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
    "\U00020000-\U0003fffd"
)
_SEAMS = re.compile(f"(?<=[{_UNSPACED}])(?=\\w)|(?<=\\w)(?=[{_UNSPACED}])")
_ANY = re.compile(f"[{_UNSPACED}]")
_of_thread = threading.local()


def seamed(text: str | None) -> str | None:
    """The text as the index gets it: characters of unspaced scripts parted."""
    if text is None or text.isascii() or not _ANY.search(text):
        return text
    return _SEAMS.sub(SEAM, text)


@lru_cache(maxsize=4096)
def terms(text: str) -> tuple[str, ...]:
    """The terms of a text in their order. Empty where it has no letter or digit."""
    return terms_of({"text": text})["text"]


def terms_of(columns: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The terms of several texts, about a microsecond each."""
    sql = _scratch()
    found: dict[str, list[tuple[int, str]]] = {name: [] for name in columns}
    rows: Sequence[str] = list(columns)
    sql.execute("BEGIN")
    try:
        sql.executemany(
            "INSERT INTO scratch (rowid, text) VALUES (?, ?)",
            [(row, seamed(columns[name])) for row, name in enumerate(rows)],
        )
        for row, place, term in sql.execute("SELECT doc, offset, term FROM scratch_terms"):
            found[rows[row]].append((place, term))
    finally:
        sql.execute("ROLLBACK")
    return {name: tuple(term for _place, term in sorted(placed)) for name, placed in found.items()}


def _scratch() -> sqlite3.Connection:
    """This thread's empty index in memory."""
    found: sqlite3.Connection | None = getattr(_of_thread, "scratch", None)
    if found is None:
        found = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        found.execute(f"CREATE VIRTUAL TABLE scratch USING fts5 (text, content='', tokenize='{TOKENIZER}')")
        found.execute("CREATE VIRTUAL TABLE scratch_terms USING fts5vocab (scratch, instance)")
        _of_thread.scratch = found
    return found
