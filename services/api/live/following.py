"""Following the wire from a position: first what was missed, then what comes, with no gap or doubling between."""

from collections.abc import AsyncGenerator, AsyncIterator

from services.api.live.frames import as_read_at, comment, frame, greeting
from services.api.live.hub import Hub, Subscriber
from services.api.readmodel.model import ReadModel
from services.api.readmodel.position import Position

HEARTBEAT_S = 15.0
_CHUNK = 500


async def follow(
    model: ReadModel, hub: Hub, subscriber: Subscriber, position: Position, heartbeat_s: float = HEARTBEAT_S
) -> AsyncGenerator[bytes, None]:
    """The stream's bytes until the subscriber is closed.

    What was missed is read from the journal before the subscriber joins, so that a long absence does not
    fill its queue, and once more after: a change is then in the journal, in the queue, or in both, and its
    number tells.
    """
    yield greeting(position)
    seen = await model.first_unknown(position) - 1
    replay = _Replay(model, subscriber, position, seen)
    async for chunk in replay.chunks():
        yield chunk
    with hub.joined(subscriber):
        async for chunk in replay.chunks():
            yield chunk
        at, seen = replay.position, replay.seen
        while not subscriber.closed.is_set():
            frames = await subscriber.take(heartbeat_s)
            told = []
            for encoded in frames:
                change = encoded.change
                if change.seq > seen and change.unknown_to(at):
                    seen, at = change.seq, at.join(change.position)
                    told.append(as_read_at(encoded, at))
            if told:
                yield b"".join(told)
            elif not frames:
                yield comment("still here")


class _Replay:
    """Reads the journal on from where it stopped last."""

    def __init__(self, model: ReadModel, subscriber: Subscriber, position: Position, seen: int) -> None:
        self._model, self._subscriber = model, subscriber
        self._start = position
        self.position, self.seen = position, seen

    async def chunks(self) -> AsyncIterator[bytes]:
        more = True
        while more and not self._subscriber.closed.is_set():
            missed = await self._model.missed(self._start, self.position, self.seen + 1, _CHUNK)
            told = []
            for change in missed.changes:
                self.position = change.position
                if change.passes(self._subscriber.wanted):
                    told.append(frame(change).whole)
            if told:
                yield b"".join(told)
            self.seen, more = missed.read_to, missed.more
