"""Where changes meet their live readers. Everything here happens on the event loop."""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from services.api.live.frames import Frame, frame
from services.api.readmodel.changes import Change
from services.api.readmodel.filters import Filter


class Subscriber:
    """One reader's queue. Overfull, it is closed as `too_slow`: a reader who lags must not cost the others memory."""

    def __init__(self, wanted: Filter, room: int) -> None:
        self.wanted = wanted
        self.too_slow = False
        self.closed = asyncio.Event()
        self._room = room
        self._waiting: deque[Frame] = deque()
        self._something = asyncio.Event()

    def offer(self, encoded: Frame) -> None:
        if len(self._waiting) >= self._room:
            self.too_slow = True
            self.close()
        elif not self.closed.is_set():
            self._waiting.append(encoded)
            self._something.set()

    def close(self) -> None:
        self.closed.set()
        self._something.set()

    async def take(self, patience_s: float) -> list[Frame]:
        """All that is waiting; nothing after `patience_s` seconds, or when closed."""
        if not self._waiting and not self.closed.is_set():
            try:
                async with asyncio.timeout(patience_s):
                    await self._something.wait()
            except TimeoutError:
                return []
        self._something.clear()
        taken = list(self._waiting)
        self._waiting.clear()
        return taken


class Hub:
    """All live readers. Closed, it lets go of them and takes no more."""

    def __init__(self) -> None:
        self._subscribers: set[Subscriber] = set()
        self._closed = False

    def publish(self, changes: Sequence[Change]) -> None:
        """Tell whom it concerns. Call it after the commit, in the order of the commits."""
        if not self._subscribers:
            return
        for change in changes:
            encoded = frame(change)
            for subscriber in self._subscribers:
                if change.passes(subscriber.wanted):
                    subscriber.offer(encoded)

    @contextmanager
    def joined(self, subscriber: Subscriber) -> Iterator[None]:
        if self._closed:
            subscriber.close()
        self._subscribers.add(subscriber)
        try:
            yield
        finally:
            self._subscribers.discard(subscriber)

    def close(self) -> None:
        self._closed = True
        for subscriber in self._subscribers:
            subscriber.close()

    def __len__(self) -> int:
        return len(self._subscribers)
