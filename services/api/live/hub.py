"""Where changes meet their live readers. Everything here happens on the event loop."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from weakref import WeakValueDictionary

from services.api.live.channel import Channel
from services.api.live.formats import Format
from services.api.live.ring import Ring
from services.api.live.subscriber import End, Subscriber
from services.api.live.wanted import Wanted
from services.api.readmodel.changes import Change
from services.api.readmodel.position import Position
from services.wire.tasks import end

logger = logging.getLogger(__name__)

HEARTBEAT_S = 15.0
_BEATS = 2
"""Looks at a reader in the time of a heartbeat: silent for so many, it gets one."""
_STUCK_BEATS = 2 * _BEATS
"""A reader that takes nothing for so many looks, with something to take, is let go of."""
_RETURN_S = 0.05
_TURN = 100
"""Readers served in one go; then others of the process have their turn."""


class Hub:
    """All live readers. Closed, it lets go of them and takes no more.

    One task serves them in rounds, for which it is entered by `delivering`; changes that come during a round go out
    in the next one, together.
    """

    def __init__(self, room: int = 1_000, heartbeat_s: float = HEARTBEAT_S, megabytes: int = 64) -> None:
        self.ring = Ring(room, megabytes * 2**20)
        self.watchers: list[Callable[[], None]] = []
        """Called when there are new changes in the ring."""
        self.replays = asyncio.Semaphore(2)
        """Two threads of the read model at most read the journal; the others answer requests."""
        self._heartbeat_s = heartbeat_s
        self._channels: WeakValueDictionary[tuple[Wanted, Format], Channel] = WeakValueDictionary()
        self._subscribers: dict[Subscriber, None] = {}
        self._news = asyncio.Event()
        self._closed = False

    @property
    def heartbeat_s(self) -> float:
        return self._heartbeat_s

    @property
    def closed(self) -> bool:
        return self._closed

    def begin(self, last_change: int, position: Position) -> None:
        """Start after the changes that there are already. Before this, readers and changes must not come."""
        self.ring.begin(last_change, position)

    def publish(self, changes: Sequence[Change]) -> None:
        """Tell whom it concerns. Call it after the commit, in the order of the commits."""
        for change in changes:
            self.ring.append(change)
        self._news.set()
        for watcher in self.watchers:
            watcher()

    def channel(self, wanted: Wanted, written: Format) -> Channel:
        """The one channel of all who want this in this form."""
        found = self._channels.get((wanted, written))
        if found is None:
            found = self._channels[wanted, written] = Channel(wanted, written, self.ring)
        return found

    @contextmanager
    def joined(self, subscriber: Subscriber) -> Iterator[None]:
        self._subscribers[subscriber] = None
        subscriber.line.on_lost = lambda: subscriber.finish(End.LEFT)
        if self._closed:
            subscriber.finish(End.CLOSING)
        elif subscriber.line.lost:
            subscriber.finish(End.LEFT)
        self._news.set()
        try:
            yield
        finally:
            subscriber.line.on_lost = None
            self._subscribers.pop(subscriber, None)

    def close(self) -> None:
        self._closed = True
        for subscriber in self._subscribers:
            subscriber.finish(End.CLOSING)

    def __len__(self) -> int:
        return len(self._subscribers)

    @asynccontextmanager
    async def delivering(self) -> AsyncIterator[None]:
        """Readers are served while this is entered."""
        task = asyncio.create_task(self._deliver())
        try:
            yield
        finally:
            await end(task)

    async def _deliver(self) -> None:
        loop = asyncio.get_running_loop()
        pause = self._heartbeat_s / _BEATS
        beat, all_served = loop.time() + pause, True
        while True:
            wait = beat - loop.time()
            with suppress(TimeoutError):
                async with asyncio.timeout(wait if all_served else min(wait, _RETURN_S)):
                    await self._news.wait()
            self._news.clear()
            all_served = await self._serve_all()
            if loop.time() >= beat:
                await self._beat()
                beat = loop.time() + pause

    async def _serve_all(self) -> bool:
        """One round. Whether everybody has everything by now."""
        all_served = True
        for count, subscriber in enumerate(tuple(self._subscribers), start=1):
            all_served &= _served(subscriber)
            if count % _TURN == 0:
                await asyncio.sleep(0)
        for channel in tuple(self._channels.values()):
            channel.end_round()
        return all_served

    async def _beat(self) -> None:
        for count, subscriber in enumerate(tuple(self._subscribers), start=1):
            subscriber.beat(_BEATS, _STUCK_BEATS)
            if count % _TURN == 0:
                await asyncio.sleep(0)


def _served(subscriber: Subscriber) -> bool:
    """One reader's turn. Whatever goes wrong with one, such as with its query, must not silence the others."""
    try:
        return subscriber.serve()
    except Exception:
        logger.exception("a reader of the live stream cannot be served")
        subscriber.finish(End.FAILED)
        return True
