"""One live reader: a place in the ring, and a line to write to."""

import asyncio
from enum import Enum, auto

from services.api.live.channel import Channel
from services.api.live.line import Line, chunked
from services.api.readmodel.position import Position

_ENOUGH_BYTES = 64 * 1024
"""Unsent bytes with which a reader gets nothing more until it has taken some."""


class End(Enum):
    """Why a reader is not served any more."""

    LEFT = auto()
    CLOSING = auto()
    TOO_SLOW = auto()
    FAILED = auto()
    BEHIND = auto()
    """The reader took all that it was given and yet fell out of the ring: it has to read the journal."""


class Subscriber:
    """What was written to it bounds what it costs: some unsent bytes, and nothing for what is still in the ring.

    `cursor` is the number of the next change for it, `position` how far it has come. That is the position which the
    ring has there, unless the reader is `ahead`: it has come from a replica that is further than this one.
    """

    __slots__ = ("_silent", "_stuck", "_unsent", "ahead", "channel", "cursor", "ended", "line", "position")

    def __init__(self, channel: Channel, line: Line, cursor: int, position: Position) -> None:
        self.channel, self.line, self.cursor, self.position = channel, line, cursor, position
        self.ended: asyncio.Future[End] = asyncio.get_running_loop().create_future()
        self.ahead = True
        self._silent = self._stuck = self._unsent = 0
        self._fall_in()

    def finish(self, end: End) -> None:
        if not self.ended.done():
            self.ended.set_result(end)

    def serve(self) -> bool:
        """Write what there is, as far as the reader takes it. Whether it has everything by now."""
        ring = self.channel.ring
        if self.ended.done() or self.cursor >= ring.end:
            return True
        unsent = self.line.unsent
        if self.cursor < ring.first:
            self.finish(End.TOO_SLOW if unsent else End.BEHIND)
            return True
        if unsent > _ENOUGH_BYTES:
            return False
        if self.ahead:
            self._write(self._own_piece())
        if not self.ahead and self.cursor < ring.end:
            piece, self.cursor, self.position = self.channel.piece(self.cursor)
            self._write(piece)
        return self.cursor >= ring.end

    def beat(self, silent: int, stuck: int) -> None:
        """Called at even intervals: a heartbeat after `silent` of them without a word, the end after `stuck` without
        a byte taken."""
        if self.ended.done():
            return
        unsent = self.line.unsent
        self._stuck = self._stuck + 1 if 0 < self._unsent <= unsent else 0
        self._unsent = unsent
        self._silent += 1
        if self._stuck >= stuck:
            self.finish(End.TOO_SLOW)
        elif self._silent >= silent and not unsent:
            self._write(chunked(self.channel.written.still_here(self.position)))

    def _write(self, chunk: bytes) -> None:
        if chunk:
            self.line.write(chunk)
            self._silent = 0

    def _own_piece(self) -> bytes:
        """What is news to a reader who may know some of it, each change with the position that this reader is at."""
        channel, told = self.channel, []
        while self.ahead and self.cursor < channel.ring.end:
            frame = channel.ring[self.cursor]
            self.cursor += 1
            change = frame.change
            if change.unknown_to(self.position):
                self.position = self.position.join(change.position)
                if channel.wanted.passes(frame):
                    told.append(channel.written.told(self.position, change.kind, change.document))
            self._fall_in()
        return chunked(b"".join(told)) if told else b""

    def _fall_in(self) -> None:
        """From where the ring has come as far as the reader, all that follows is news to it."""
        ring = self.channel.ring
        if self.cursor <= ring.end:
            reached = ring.position(self.cursor)
            if self.position.join(reached) == reached:
                self.position, self.ahead = reached, False
