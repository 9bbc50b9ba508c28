"""The revisions of an article, each with what it changed."""

import sqlite3
from uuid import UUID

from services.api.readmodel.differences import difference
from services.api.readmodel.documents import Difference, Revision, RevisionListing
from services.api.readmodel.functions import unpacked

_PRESENT = (
    "SELECT b.rowid, b.revision, b.seen, b.title, b.summary, b.text FROM facts f JOIN bodies b ON b.rowid = f.rowid "
    "JOIN articles a ON a.rowid = f.rowid WHERE f.id = ?"
)
_EARLIER = "SELECT revision, seen, title, summary, body FROM revisions WHERE article = ? ORDER BY revision DESC LIMIT ?"


def revisions(sql: sqlite3.Connection, subject: UUID, limit: int) -> RevisionListing | None:
    """The latest `limit` revisions, newest first. None where there is no such article."""
    present = sql.execute(_PRESENT, (str(subject),)).fetchone()
    if present is None:
        return None
    row, *now = present
    held = [tuple(now)]
    for *earlier, body in sql.execute(_EARLIER, (row, limit)):
        held.append((*earlier, unpacked(body)[0]))
    told = []
    for place, (revision, seen, title, summary, text) in enumerate(held[:limit]):
        before = held[place + 1] if place + 1 < len(held) else None
        told.append(
            Revision(
                revision=revision,
                seen=seen,
                title=title,
                summary=summary,
                changed_from=before[0] if before else None,
                changes=_changes(before, (title, summary, text)) if before else None,
            )
        )
    return RevisionListing(id=subject, revisions=tuple(told))


def _changes(before: tuple[object, ...], after: tuple[str, str | None, str | None]) -> Difference:
    fields = {}
    for name, old, new in zip(("title", "summary", "text"), before[2:], after, strict=True):
        pieces = difference(None if old is None else str(old), new)
        fields[name] = tuple({"kind": piece.kind, "text": piece.text} for piece in pieces)
    return Difference.model_validate(fields)
