"""Where the words of a query stand in an article: a piece of it as HTML, with `<mark>` and nothing else in it."""

import json
import sqlite3
from collections.abc import Sequence
from html import escape

from services.api.query.tree import Words
from services.api.readmodel.documents import Json
from services.api.readmodel.searching import quoted
from services.api.readmodel.tokens import SEAM, TOKENIZER, seamed

_OPEN, _CLOSE = "\x02", "\x03"
_WORDS = 30
_FOUND = (
    "SELECT rowid, highlight(found, 0, '\x02', '\x03'), snippet(found, 1, '\x02', '\x03', '…', ?) "
    "FROM found WHERE found MATCH ?"
)
_TEXT_CHARS = 100_000


def with_snippets(sql: sqlite3.Connection, words: Sequence[Words], headlines: Sequence[tuple[int, Json]]) -> list[Json]:
    """The headlines, given with their rows, with `snippet`; null in it where the words are in neither place."""
    marked = _marked(sql, words, [row for row, _ in headlines])
    shown = []
    for row, headline in headlines:
        title, text = marked.get(row, (None, None))
        snippet = json.dumps({"title": title, "text": text}, ensure_ascii=False)
        shown.append(Json(f'{headline[:-1]},"snippet":{snippet}}}'))
    return shown


def _marked(
    sql: sqlite3.Connection, words: Sequence[Words], rows: Sequence[int]
) -> dict[int, tuple[str | None, str | None]]:
    """Title and a piece of the text by row, found by an index of these articles alone: SQLite knows where words are."""
    phrases = [("title : " if one.column == "title" else "") + quoted(one.text) for one in words if _in_text(one)]
    if not phrases:
        return {}
    bodies = sql.execute(
        "SELECT rowid, title, substr(coalesce(text, summary, ''), 1, ?) FROM bodies "
        "WHERE rowid IN (SELECT value FROM json_each(?))",
        (_TEXT_CHARS, json.dumps(rows)),
    ).fetchall()
    index = sqlite3.connect(":memory:", isolation_level=None)
    try:
        index.execute(f"CREATE VIRTUAL TABLE found USING fts5 (title, text, tokenize='{TOKENIZER}')")
        index.executemany(
            "INSERT INTO found (rowid, title, text) VALUES (?, ?, ?)",
            [(row, _bare(title), _bare(text)) for row, title, text in bodies],
        )
        found = index.execute(_FOUND, (_WORDS, " OR ".join(phrases))).fetchall()
    finally:
        index.close()
    return {row: (_html(title), _html(text)) for row, title, text in found}


def _in_text(words: Words) -> bool:
    return words.column in ("any", "title")


def _bare(text: str) -> str:
    return seamed(text.replace(_OPEN, " ").replace(_CLOSE, " ")) or ""


def _html(marked: str) -> str | None:
    if _OPEN not in marked:
        return None
    shown = " ".join(marked.replace(SEAM, "").split())
    return escape(shown).replace(_OPEN, "<mark>").replace(_CLOSE, "</mark>")
