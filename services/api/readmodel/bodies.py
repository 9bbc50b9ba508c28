"""What listings leave out, for those who show whole articles: bodies, enclosures, and when something changed."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import TypeAdapter

from services.contracts.articles import Enclosure

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OF_ARTICLES = (
    "SELECT f.id, b.text, b.html, f.known -> '$.article.enclosures', a.seen_ms, a.changed_ms "
    "FROM json_each(?) w JOIN facts f ON f.id = w.value JOIN articles a ON a.rowid = f.rowid "
    "JOIN bodies b ON b.rowid = f.rowid"
)
_enclosures = TypeAdapter(tuple[Enclosure, ...])


@dataclass(frozen=True, slots=True)
class Body:
    """`seen` is when ingest saw the present revision, `changed` when anything that readers see of the article last
    changed, by this read model's clock. Both are UTC."""

    text: str | None
    html: str | None
    enclosures: tuple[Enclosure, ...]
    seen: datetime
    changed: datetime


def bodies(sql: sqlite3.Connection, ids: Sequence[str]) -> dict[str, Body]:
    """By the article's id. What is not known is not in it."""
    return {
        subject: Body(text, html, _enclosures.validate_json(files or "[]"), _moment(seen), _moment(changed))
        for subject, text, html, files, seen, changed in sql.execute(_OF_ARTICLES, (json.dumps(ids),))
    }


def _moment(ms: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=ms)
