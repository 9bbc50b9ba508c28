"""The revisions of an article, with what each changed, as ins and del."""

from typing import Any

from services.api.headlines import one_line
from services.api.page.places import article_place
from services.api.page.times import minute
from services.api.readmodel.documents import ChangedPiece, Revision, RevisionListing

MOST = 20


def revisions_page(article: dict[str, Any], listing: RevisionListing) -> dict[str, Any]:
    """What `revisions.html` shows."""
    return {
        "title": one_line(article["title"]) or "Untitled",
        "language": article["language"] or "",
        "page": article_place(article["id"]),
        "revisions": [_revision(revision) for revision in listing.revisions],
        "json": f"/v1{article_place(article['id'])}/revisions",
        "more": len(listing.revisions) == MOST,
        "here": "revisions",
    }


def _revision(revision: Revision) -> dict[str, Any]:
    changes = revision.changes
    parts = [("Title", changes.title), ("Summary", changes.summary), ("Text", changes.text)] if changes else []
    return {
        "number": revision.revision,
        "date": minute(revision.seen),
        "seen": revision.seen.isoformat(),
        "from": revision.changed_from,
        "parts": [(name, [_piece(piece) for piece in pieces]) for name, pieces in parts if pieces],
        "title": one_line(revision.title),
        "summary": one_line(revision.summary or ""),
    }


def _piece(piece: ChangedPiece) -> tuple[str, str]:
    """The element and its text; empty for what stayed."""
    return {"same": "", "added": "ins", "removed": "del"}[piece.kind], piece.text
