"""From a stream's deliveries to the read model: the unreadable set aside, the rest applied, then acknowledged."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from redis.asyncio import Redis

from services.api.readmodel.changes import Applied, Incoming
from services.api.readmodel.model import ReadModel
from services.api.readmodel.position import EntryId, Stream
from services.contracts.articles import ArticleListed, ArticlePublished, ArticleRevised
from services.contracts.enrichments import ArticleEnriched
from services.contracts.feeds import FeedChanged
from services.contracts.registry import UnreadableEvent, read_event
from services.contracts.stories import StoryChanged
from services.wire.failure import Failure
from services.wire.messages import Delivery
from services.wire.quarantine import Quarantine

_BELONGS: dict[Stream, tuple[type[Applied], ...]] = {
    Stream.ARTICLES: (ArticlePublished, ArticleRevised, ArticleListed),
    Stream.ENRICHMENTS: (ArticleEnriched, StoryChanged),
    Stream.FEEDS: (FeedChanged,),
}


_APART_S = 0.05
"""From one batch to the next. What comes after a silence is applied at once; what comes all the time, together: a
commit an event would take several times the work, and each makes listings anew that are asked for all the time."""


class SetAside(Quarantine):
    """The quarantine for one stream. The read model knows of what went there, and does not wait for it."""

    def __init__(
        self, redis: Redis, held: str, clock: Callable[[], datetime], model: ReadModel, stream: Stream
    ) -> None:
        super().__init__(redis, held, clock)
        self._model, self._stream_read = model, stream

    async def put(self, delivery: Delivery, group: str, why: str, error: Failure | None = None) -> None:
        await super().put(delivery, group, why, error)
        await self._model.pass_over(self._stream_read, EntryId.read(delivery.entry_id))


class Reading:
    """The handler of one stream's inbox."""

    def __init__(self, model: ReadModel, redis: Redis, quarantine: Quarantine, stream: Stream, group: str) -> None:
        self._model, self._redis, self._quarantine = model, redis, quarantine
        self._stream, self._group = stream, group

    async def __call__(self, deliveries: Sequence[Delivery]) -> None:
        next_one = asyncio.get_running_loop().time() + _APART_S
        readable, unreadable = await asyncio.to_thread(sort_out, self._stream, deliveries)
        for delivery, why in unreadable:
            await self._quarantine.put(delivery, self._group, why)
        if readable:
            async with self._model.gate:
                await self._model.apply(self._stream, readable)
                done = [str(incoming.entry) for incoming in readable]
                await self._redis.xack(deliveries[0].stream, self._group, *done)
        await asyncio.sleep(next_one - asyncio.get_running_loop().time())


def sort_out(stream: Stream, deliveries: Sequence[Delivery]) -> tuple[list[Incoming], list[tuple[Delivery, str]]]:
    """The events that belong on the stream, and the deliveries that hold none, each with the reason."""
    readable: list[Incoming] = []
    unreadable: list[tuple[Delivery, str]] = []
    for delivery in deliveries:
        try:
            event = read_event(delivery.payload)
        except UnreadableEvent as error:
            unreadable.append((delivery, str(error)))
            continue
        if isinstance(event, _BELONGS[stream]):
            readable.append(Incoming(EntryId.read(delivery.entry_id), event))
        else:
            unreadable.append((delivery, f"{event.type} does not belong on {delivery.stream}"))
    return readable, unreadable
