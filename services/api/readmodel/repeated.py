"""Who else told an article: the repeats of a root, and what is said of them beside it."""

import json
import sqlite3
from collections.abc import Iterable, Sequence

from services.api.readmodel.documents import AlsoIn, Json, OtherSource

_MOST = 20
"""Sources that are named; all are counted."""

_OF_ROOTS = (
    "SELECT r.root, a.headline ->> '$.source.id', a.headline ->> '$.source.name', a.headline ->> '$.id', "
    "a.headline ->> '$.title', a.headline ->> '$.url' FROM json_each(?) w JOIN repeats r ON r.root = w.value "
    "JOIN articles a ON a.rowid = r.article ORDER BY r.root, a.time_ms, a.rowid"
)


def also_in(sql: sqlite3.Connection, roots: Sequence[str]) -> dict[str, AlsoIn]:
    """Of those of the articles that others repeat, who does: each other source once, with its first repeat."""
    repeats: dict[str, int] = {}
    sources: dict[str, dict[str, OtherSource]] = {}
    for root, source, name, article, title, url in sql.execute(_OF_ROOTS, (json.dumps(roots),)):
        repeats[root] = repeats.get(root, 0) + 1
        other = OtherSource(id=source, name=name, article=article, title=title, url=url)
        sources.setdefault(root, {}).setdefault(source, other)
    return {
        root: AlsoIn(articles=count, count=len(sources[root]), sources=tuple(sources[root].values())[:_MOST])
        for root, count in repeats.items()
    }


def with_also_in(sql: sqlite3.Connection, headlines: Iterable[tuple[str, Json]]) -> tuple[Json, ...]:
    """Headlines, given with their articles' ids, as `FoldedHeadline`."""
    told = list(headlines)
    found = also_in(sql, [subject for subject, _ in told])
    return tuple(
        Json(f'{headline[:-1]},"also_in":{found[subject].model_dump_json() if subject in found else "null"}}}')
        for subject, headline in told
    )
