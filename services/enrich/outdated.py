"""Which articles were enriched by an earlier version of the pipeline or other rules, as far as the streams reach."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, cast

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from services.contracts.streams import PAYLOAD, StreamNames
from services.enrich.context import place_of
from services.enrich.enricher import GROUP
from services.wire.messages import Entries
from services.wire.moments import unix_ms

_PAGE = 500
_MALFORMED = (AttributeError, KeyError, TypeError)
"""An event that cannot be read, or a listing. The former is in quarantine; what can be read goes on."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which articles: those that came from `since_ms` on, of the publisher `source`; all where neither is given.
    `force` has those too that were enriched by the present version with the present setup. `said` is how the moment was
    given, such as `2d`: it stays the same where a replay is gone on with."""

    since_ms: int = 0
    source: str | None = None
    force: bool = False
    said: str | None = None

    @classmethod
    def of(cls, since: datetime | None, source: str | None, force: bool, said: str | None = None) -> "Wanted":
        return cls(unix_ms(since) if since else 0, source, force, said)

    @property
    def name(self) -> dict[str, object]:
        """The same for what was asked for in the same way."""
        since: dict[str, object] = {"said": self.said} if self.said else {"since_ms": self.since_ms}
        return since | {"source": self.source, "force": self.force}


class _Known(NamedTuple):
    """The best enrichment of an article that stands on the stream."""

    revision: int = 0
    version: int = 0
    since: int = 0
    digest: str = ""


class Todo(NamedTuple):
    """An entry of the stream of articles, and whether the article has been enriched before."""

    entry: str
    again: bool


class Outdated:
    """Compares what stands on the streams with what `version` would find, set up as `digest` tells."""

    def __init__(self, redis: Redis, names: StreamNames, version: int, digest: str) -> None:
        self._redis, self._names, self._version, self._digest = redis, names, version, digest

    async def find(self, wanted: Wanted) -> tuple[list[Todo], int]:
        """The entries of the latest revisions that are wanted and have not been enriched as they would be now, and
        since when the latest of the other setups was in use. What waits for enrich is left to it."""
        waits = await self._waiting()
        known: dict[str, _Known] = {}
        async for _, event in self._events(self._names.enrichments):
            if str(event.get("type")).startswith("dateline.article.enriched."):
                with suppress(*_MALFORMED):
                    data = event["data"]
                    setup = data.get("setup") or {}
                    one = _Known(data["revision"], data["version"], setup.get("since", 0), setup.get("digest", ""))
                    known[data["id"]] = max(known.get(data["id"], one), one)
        latest: dict[str, tuple[int, str, str]] = {}  # by article: revision, entry, publisher
        async for entry, event in self._events(self._names.articles):
            with suppress(*_MALFORMED):
                data = event["data"]
                if data["revision"] >= latest.get(data["id"], (0, "", ""))[0]:
                    latest[data["id"]] = (data["revision"], entry, data["source"]["id"])
        todo = [
            Todo(entry, subject in known)
            for subject, (revision, entry, source) in latest.items()
            if place_of(entry).ms >= wanted.since_ms
            and wanted.source in (None, source)
            and self._is_better(revision, known.get(subject, _Known()), wanted.force)
            and not (known.get(subject, _Known()).revision < revision and waits(entry))
        ]
        others = (one.since for one in known.values() if one.digest != self._digest)
        return sorted(todo, key=lambda one: place_of(one.entry)), max(others, default=0)

    def _is_better(self, revision: int, held: _Known, force: bool) -> bool:
        """Whether what would be found now counts more than what is held."""
        now = (revision, self._version)
        if held[:2] == now:
            return force or held.digest != self._digest
        return held[:2] < now

    async def _waiting(self) -> Callable[[str], bool]:
        """Tells of an entry whether enrich has yet to settle it."""
        group = await group_of_enrich(self._redis, self._names)
        if group is None:
            return lambda _entry: False
        delivered, pending, start = place_of(group["last-delivered-id"].decode()), set[str](), "-"
        while page := await self._redis.xpending_range(self._names.articles, GROUP, start, "+", _PAGE):
            pending |= {cast(bytes, one["message_id"]).decode() for one in page}
            start = f"({cast(bytes, page[-1]['message_id']).decode()}"
        return lambda entry: entry in pending or place_of(entry) > delivered

    async def _events(self, stream: str) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        """Of all entries that are JSON objects, in order."""
        start = "-"
        while entries := cast(Entries, await self._redis.xrange(stream, start, "+", _PAGE)):
            for entry, fields in entries:
                try:
                    event = json.loads(fields.get(PAYLOAD.encode(), b""))
                except ValueError:
                    continue
                if isinstance(event, dict):
                    yield entry.decode(), event
            start = f"({entries[-1][0].decode()}"


async def group_of_enrich(redis: Redis, names: StreamNames) -> dict[str, Any] | None:
    """What Redis tells of the group on the stream of articles; None where there is none, or no stream."""
    try:
        groups: list[dict[str, Any]] = await redis.xinfo_groups(names.articles)
    except ResponseError:
        return None
    return next((group for group in groups if group["name"] == GROUP.encode()), None)
