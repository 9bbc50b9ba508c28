"""Articles that were enriched by an earlier version of the pipeline, enriched again while new ones come.

They are read from the stream of articles as far back as it reaches, without the group: what enrich reads and settles is
not touched. What comes of them is appended to the enrichments like any other; of two for one revision the higher
version counts. Where this has come to stands in Redis, and changes in the step that appends.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, cast

from redis.asyncio import Redis

from services.contracts.streams import PAYLOAD, StreamNames
from services.enrich.context import Arrival, Memory, gather, place_of
from services.enrich.enricher import GROUP, ArticleContent, enriched, read
from services.enrich.thinker import Thinker
from services.wire.messages import Entries, deliveries_of
from services.wire.moments import unix_ms

BATCH = 50
_PAGE = 500
_BEHIND = 100
"""New articles that may wait for enrich while this goes on."""
_LOOK_S = 0.5

# Where it has come to is compared first: the same script sent again, or another replay, appends nothing.
_APPEND = """
if redis.call('HGET', KEYS[2], 'at') ~= ARGV[1] then return redis.call('HGET', KEYS[2], 'at') or '' end
for i = 4, #ARGV do redis.call('XADD', KEYS[1], '*', ARGV[3], ARGV[i]) end
redis.call('HINCRBY', KEYS[2], 'appended', #ARGV - 3)
redis.call('HSET', KEYS[2], 'at', ARGV[2])
return ARGV[2]
"""


class AnotherReplay(Exception):
    """Somebody else replays at the same time. Tell the operator."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which articles: those that came from `since_ms` on, of the publisher `source`; all where neither is given.
    `force` has those too that were enriched by the present version."""

    since_ms: int = 0
    source: str | None = None
    force: bool = False

    @classmethod
    def of(cls, since: datetime | None, source: str | None, force: bool) -> "Wanted":
        return cls(unix_ms(since) if since else 0, source, force)


@dataclass(frozen=True, slots=True)
class Progress:
    """`waiting`: new articles come first, and there are too many of them now."""

    done: int
    total: int
    waiting: bool = False


class Replay:
    """One run; started again with the same `wanted` and version it goes on where it ended."""

    def __init__(
        self,
        redis: Redis,
        names: StreamNames,
        thinker: Thinker,
        memories: Sequence[Memory],
        clock: Callable[[], datetime],
        per_second: float,
    ) -> None:
        self._redis, self._names, self._thinker = redis, names, thinker
        self._memories, self._clock, self._per_second = memories, clock, per_second
        self._key = f"{names.prefix}:enrich:replay"
        self._append = redis.register_script(_APPEND)

    async def run(self, wanted: Wanted) -> AsyncIterator[Progress]:
        """Raises `AnotherReplay` and `RedisError`. What is appended by then stays, and is not done again."""
        todo = await self._todo(wanted)
        at = await self._begin(wanted)
        rest = [entry for entry in todo if place_of(entry) > place_of(at)]
        done = len(todo) - len(rest)
        yield Progress(done, len(todo))
        loop = asyncio.get_running_loop()
        for first in range(0, len(rest), BATCH):
            began = loop.time()
            while await self._live_is_behind():
                yield Progress(done, len(todo), waiting=True)
                await asyncio.sleep(_LOOK_S)
            entries = rest[first : first + BATCH]
            at = await self._do(entries, at)
            done += len(entries)
            yield Progress(done, len(todo))
            await asyncio.sleep(began + len(entries) / self._per_second - loop.time())
        await self._redis.delete(self._key)

    async def _todo(self, wanted: Wanted) -> list[str]:
        """The entries of the latest revisions that are wanted and have not been enriched by the present version."""
        known: dict[str, tuple[int, int]] = {}
        async for _, event in self._events(self._names.enrichments):
            if str(event.get("type")).startswith("dateline.article.enriched."):
                data = event["data"]
                known[data["id"]] = max(known.get(data["id"], (0, 0)), (data["revision"], data["version"]))
        latest: dict[str, tuple[int, str, str]] = {}  # by article: revision, entry, publisher
        async for entry, event in self._events(self._names.articles):
            data = event.get("data")
            if not isinstance(data, dict) or "revision" not in data:
                continue
            if data["revision"] > latest.get(data["id"], (0, "", ""))[0]:
                latest[data["id"]] = (data["revision"], entry, data["source"]["id"])
        version = self._thinker.version
        todo = (
            entry
            for subject, (revision, entry, source) in latest.items()
            if place_of(entry).ms >= wanted.since_ms
            and wanted.source in (None, source)
            and (wanted.force or known.get(subject, (0, 0)) < (revision, version))
        )
        return sorted(todo, key=place_of)

    async def _begin(self, wanted: Wanted) -> str:
        """Where to go on: after this entry."""
        what = json.dumps(asdict(wanted) | {"version": self._thinker.version})
        held = cast("dict[bytes, bytes]", await cast(Any, self._redis.hgetall(self._key)))
        if held.get(b"what", b"").decode() == what:
            return held[b"at"].decode()
        async with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.delete(self._key)
            pipeline.hset(self._key, mapping={"what": what, "at": "0-0", "appended": 0})
            await pipeline.execute()
        return "0-0"

    async def _do(self, wanted: Sequence[str], at: str) -> str:
        entries: list[tuple[bytes, dict[bytes, bytes]]] = []
        for entry in wanted:
            entries += cast(Any, await self._redis.xrange(self._names.articles, entry, entry))
        deliveries = deliveries_of(self._names.articles, entries)
        events = [(delivery, event) for delivery, event in zip(deliveries, read(deliveries), strict=True)]
        pairs = [(delivery, event) for delivery, event in events if isinstance(event, ArticleContent)]
        arrivals = [Arrival(event.data, place_of(delivery.entry_id)) for delivery, event in pairs]
        contexts = await gather(arrivals, self._memories)
        articles = [arrival.article for arrival in arrivals]
        found = await asyncio.to_thread(self._thinker.enrich, articles, contexts)
        now = self._clock()
        payloads = [
            enriched(one, event.traceparent, now).to_wire() for one, (_, event) in zip(found, pairs, strict=True)
        ]
        come_to: bytes = await self._append(
            keys=[self._names.enrichments, self._key], args=[at, wanted[-1], PAYLOAD, *payloads]
        )
        if come_to.decode() != wanted[-1]:
            raise AnotherReplay("another replay is at work, or was started since; let one end before the next")
        return wanted[-1]

    async def _live_is_behind(self) -> bool:
        groups: list[dict[str, Any]] = await self._redis.xinfo_groups(self._names.articles)
        for group in groups:
            if group["name"] == GROUP.encode():
                lag = group["lag"]
                if lag is None:  # Redis cannot tell: anything that was not delivered counts
                    after = f"({group['last-delivered-id'].decode()}"
                    lag = len(cast(Any, await self._redis.xrange(self._names.articles, after, "+", _BEHIND)))
                return bool(lag + group["pending"] >= _BEHIND)
        return False

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
