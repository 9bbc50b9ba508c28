"""What changed from one text to the next, in words."""

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

_WORD = re.compile(r"\w+|\s+|[^\w\s]")
_LINE = re.compile(r"[^\n]*\n*")
_MOST_WORDS = 2_000
"""Longer passages that were rewritten are shown whole, before and after: comparing them takes quadratic time."""
_CONTEXT = 60
"""Characters that are shown of what stayed, before and after a change."""


class Piece(NamedTuple):
    """Text that stayed, was added or was removed. What stayed is shortened in its middle (`…`) where it is long."""

    kind: Literal["same", "added", "removed"]
    text: str


def difference(before: str | None, after: str | None) -> list[Piece]:
    """The pieces in reading order, what was removed before what was added in its place; none where nothing changed."""
    if before == after:
        return []
    pieces = list(_joined(_lines(_cut(_LINE, before or ""), _cut(_LINE, after or ""))))
    return [_shortened(piece, at == 0, at == len(pieces) - 1) for at, piece in enumerate(pieces)]


def _lines(before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    """Line by line, and word by word within lines that were changed."""
    for kind, old, new in _changes(before, after):
        if kind == "equal":
            yield Piece("same", old)
            continue
        words = _cut(_WORD, old), _cut(_WORD, new)
        if kind == "replace" and max(map(len, words)) <= _MOST_WORDS:
            yield from _words(*words)
        else:
            yield from (Piece("removed", old), Piece("added", new))


def _words(before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    for kind, old, new in _changes(before, after):
        if kind == "equal":
            yield Piece("same", old)
        else:
            yield from (Piece("removed", old), Piece("added", new))


def _changes(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for kind, old, old_end, new, new_end in matcher.get_opcodes():
        yield kind, "".join(before[old:old_end]), "".join(after[new:new_end])


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Neighbours of one kind as one piece, and a blank between two changes as part of both."""
    run: list[Piece] = []
    for piece in (*(piece for piece in pieces if piece.text), None):
        if piece is not None and (piece.kind != "same" or (run and piece.text.isspace())):
            run.append(piece)
            continue
        tail = [run.pop()] if run and run[-1].kind == "same" else []
        yield from _run(run)
        run = []
        yield from tail
        if piece is not None:
            yield piece


def _run(run: Sequence[Piece]) -> Iterator[Piece]:
    for kind in ("removed", "added"):
        text = "".join(piece.text for piece in run if piece.kind in (kind, "same"))
        if text:
            yield Piece(kind, text)


def _shortened(piece: Piece, first: bool, last: bool) -> Piece:
    room = 2 * _CONTEXT + 20
    if piece.kind != "same" or len(piece.text) <= room:
        return piece
    head = "" if first else piece.text[:_CONTEXT]
    tail = "" if last else piece.text[-_CONTEXT:]
    return Piece("same", f"{head}…{tail}")


def _cut(pattern: re.Pattern[str], text: str) -> list[str]:
    return [part for part in pattern.findall(text) if part]
