"""What a webhook has not been sent yet, in order: from the journal until it has come to the ring, then from there."""

import asyncio
from collections import deque
from uuid import UUID

from services.api.live.frames import Frame
from services.api.live.gap import Gap
from services.api.live.hub import Hub
from services.api.live.wanted import Wanted
from services.api.readmodel.model import ReadModel
from services.api.readmodel.position import Position
from services.api.searches.event import Event, event_of, gap_of

_ROWS = 200
_TURN = 50
"""Changes looked at in one go; then others of the process have their turn."""


class Unsent:
    """Begins after `start`. `position` is how far it was looked, with nothing left to send before it."""

    def __init__(self, model: ReadModel, hub: Hub, search: UUID, wanted: Wanted, start: Position) -> None:
        self._model, self._hub, self._search, self._wanted = model, hub, search, wanted
        self._start = self.position = start
        self._seen: int | None = None
        self._found: deque[Event] = deque()
        self._looked = start

    async def next(self) -> Event | None:
        """The next event, or None while there is no more. It is the same one until `pass_on` is called."""
        while not self._found:
            self.position = self._looked
            if self._seen is None:
                # The journal is asked first, whatever is in the ring: it knows what can no longer be told.
                await self._read_journal(await self._model.first_unknown(self._looked, self._wanted.streams()) - 1)
                continue
            ring = self._hub.ring
            if self._seen + 1 < ring.first:
                await self._read_journal(self._seen)
            elif self._seen + 1 < ring.end:
                self._read_ring(self._seen)
                await asyncio.sleep(0)
            else:
                return None
        return self._found[0]

    def pass_on(self) -> None:
        """The next event is done with, in one way or the other."""
        self.position = Position.read(self._found.popleft().position)

    async def _read_journal(self, seen: int) -> None:
        wanted = self._wanted
        async with self._hub.replays:
            missed = await self._model.missed(
                self._start, self._looked, seen + 1, _ROWS, wanted.judges_facets(), wanted.query is not None
            )
        if missed.gone is not None:
            gap = Gap.of(self._looked, missed.gone, wanted)
            self._looked = gap.until
            self._found.append(gap_of(self._search, gap))
        for change in missed.changes:
            self._look_at(Frame(change))
        self._seen = missed.read_to

    def _read_ring(self, seen: int) -> None:
        ring = self._hub.ring
        until = min(ring.end - 1, seen + _TURN)
        for number in range(seen + 1, until + 1):
            frame = ring[number]
            if frame.change.unknown_to(self._looked):
                self._look_at(frame)
        self._seen = until

    def _look_at(self, frame: Frame) -> None:
        self._looked = self._looked.join(frame.change.position)
        if self._wanted.passes(frame):
            self._found.append(event_of(self._search, frame.change, self._looked))
