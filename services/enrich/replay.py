"""Articles that an earlier version of the pipeline enriched, or with other rules, enriched again while new ones come.

They are read from the stream of articles as far back as it reaches, without the group: what enrich reads and settles is
not touched. What comes of them is appended to the enrichments like any other; of two for one revision the higher
version counts, and of one version the setup that came later. Where this has come to stands in Redis, and changes in the
step that appends.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from redis.asyncio import Redis

from services.contracts.streams import PAYLOAD, StreamNames
from services.enrich.context import Arrival, Memory, gather, place_of
from services.enrich.enricher import ArticleContent, enriched, read
from services.enrich.outdated import Outdated, Todo, Wanted, group_of_enrich
from services.enrich.setups import Setups
from services.enrich.thinker import Thinker
from services.wire.messages import deliveries_of

BATCH = 50
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
class Progress:
    """`waiting`: new articles come first, and there are too many of them now."""

    done: int
    total: int
    waiting: bool = False


class Replay:
    """One run; started again with the same `wanted`, version and setup it goes on where it ended."""

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
        self._setups = Setups(redis, names)

    async def run(self, wanted: Wanted) -> AsyncIterator[Progress]:
        """Raises `AnotherReplay` and `RedisError`. What is appended by then stays, and is not done again."""
        outdated = Outdated(self._redis, self._names, self._thinker.version, self._thinker.setup.digest)
        todo, others = await outdated.find(wanted)
        at = await self._begin(wanted, others)
        rest = [one for one in todo if place_of(one.entry) > place_of(at)]
        done = len(todo) - len(rest)
        yield Progress(done, len(todo))
        loop = asyncio.get_running_loop()
        for first in range(0, len(rest), BATCH):
            began = loop.time()
            while await self._live_is_behind():
                yield Progress(done, len(todo), waiting=True)
                await asyncio.sleep(_LOOK_S)
            batch = rest[first : first + BATCH]
            at = await self._do(batch, at)
            done += len(batch)
            yield Progress(done, len(todo))
            await asyncio.sleep(began + len(batch) / self._per_second - loop.time())
        await self._redis.delete(self._key)

    async def _begin(self, wanted: Wanted, others: int) -> str:
        """Where to go on: after this entry. The setup that is replayed counts as in use later than all `others`."""
        digest = self._thinker.setup.digest
        what = json.dumps(wanted.name | {"version": self._thinker.version, "setup": digest})
        held = cast("dict[bytes, bytes]", await cast(Any, self._redis.hgetall(self._key)))
        setup = await self._setups.begin(digest, least=others + 1)
        if held.get(b"what", b"").decode() == what and held[b"since"] == str(setup.since).encode():
            return held[b"at"].decode()
        if wanted.force:
            setup = await self._setups.begin(digest, anew=True)
        async with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.delete(self._key)
            pipeline.hset(self._key, mapping={"what": what, "since": setup.since, "at": "0-0", "appended": 0})
            await pipeline.execute()
        return "0-0"

    async def _do(self, wanted: Sequence[Todo], at: str) -> str:
        entries: list[tuple[bytes, dict[bytes, bytes]]] = []
        for one in wanted:
            entries += cast(Any, await self._redis.xrange(self._names.articles, one.entry, one.entry))
        deliveries = deliveries_of(self._names.articles, entries)
        events = [(delivery, event) for delivery, event in zip(deliveries, read(deliveries), strict=True)]
        pairs = [(delivery, event) for delivery, event in events if isinstance(event, ArticleContent)]
        arrivals = [Arrival(event.data, place_of(delivery.entry_id)) for delivery, event in pairs]
        contexts = await gather(arrivals, self._memories)
        articles = [arrival.article for arrival in arrivals]
        found = await self._setups.dated(await asyncio.to_thread(self._thinker.enrich, articles, contexts))
        now, again = self._clock(), {one.entry for one in wanted if one.again}
        payloads = [
            enriched(one.model_copy(update={"again": delivery.entry_id in again}), event.traceparent, now).to_wire()
            for one, (delivery, event) in zip(found, pairs, strict=True)
        ]
        to = wanted[-1].entry
        come_to: bytes = await self._append(
            keys=[self._names.enrichments, self._key], args=[at, to, PAYLOAD, *payloads]
        )
        if come_to.decode() != to:
            raise AnotherReplay("another replay is at work, or was started since; let one end before the next")
        return to

    async def _live_is_behind(self) -> bool:
        group = await group_of_enrich(self._redis, self._names)
        if group is None:
            return False
        lag = group["lag"]
        if lag is None:  # Redis cannot tell: anything that was not delivered counts
            after = f"({group['last-delivered-id'].decode()}"
            lag = len(cast(Any, await self._redis.xrange(self._names.articles, after, "+", _BEHIND)))
        return bool(lag + group["pending"] >= _BEHIND)
