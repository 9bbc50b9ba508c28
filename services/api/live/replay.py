"""What a reader has missed, from the journal, until it has come to where the ring begins."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from services.api.live.channel import Channel
from services.api.live.frames import Frame
from services.api.live.gap import Gap
from services.api.live.hub import Hub
from services.api.readmodel.model import ReadModel
from services.api.readmodel.position import Position

_ROWS = 200


@dataclass(slots=True)
class Replay:
    """A reader who was at `start` has come to `position`, and to change number `seen` of the journal."""

    start: Position
    position: Position
    seen: int

    async def parts(self, model: ReadModel, hub: Hub, channel: Channel) -> AsyncIterator[bytes]:
        """What it has missed, in order, each part with all that passes of some rows (so it may be empty).

        It ends where the ring holds what comes next: a change is either in the journal up to `seen` or in the ring
        after it, so nothing is lost between the two and nothing doubled.
        """
        judged, asked = channel.wanted.judges_facets(), channel.wanted.query is not None
        more = True
        while more or self.seen + 1 < hub.ring.first:
            async with hub.replays:
                missed = await model.missed(self.start, self.position, self.seen + 1, _ROWS, judged, asked)
            told = []
            if missed.gone is not None:
                gap = Gap.of(self.position, missed.gone, channel.wanted)
                self.position = gap.until
                told.append(channel.written.told(gap.until, "gap", gap.document()))
            for change in missed.changes:
                frame = Frame(change)
                self.position = self.position.join(change.position)
                if channel.wanted.passes(frame):
                    told.append(channel.written.told(self.position, change.kind, change.document))
            self.seen, more = missed.read_to, missed.more
            yield b"".join(told)
