"""What all readers share who want the same in the same form: bytes made once."""

from typing import NamedTuple

from services.api.live.formats import Format
from services.api.live.line import chunked
from services.api.live.ring import Ring
from services.api.live.wanted import Wanted
from services.api.readmodel.position import Position

_PIECE_BYTES = 64 * 1024
_KEPT_PIECES = 64


class Piece(NamedTuple):
    """A chunk of the body, empty where nothing passes; where the next piece begins, and the position there."""

    chunk: bytes
    end: int
    position: Position


class Channel:
    """Cuts the ring into pieces ready to be written. Nearly all readers are at one place and get the same piece."""

    __slots__ = ("__weakref__", "_pieces", "ring", "wanted", "written")

    def __init__(self, wanted: Wanted, written: Format, ring: Ring) -> None:
        self.wanted, self.written, self.ring = wanted, written, ring
        self._pieces: dict[int, Piece] = {}

    def piece(self, since: int) -> Piece:
        """What passes from change `since` on. About `_PIECE_BYTES` at most, but for a change that is larger."""
        found = self._pieces.get(since)
        if found is None:
            found = self._cut(since)
            if len(self._pieces) < _KEPT_PIECES:
                self._pieces[since] = found
        return found

    def end_round(self) -> None:
        """Forget the pieces: readers who are late have places of their own."""
        self._pieces.clear()

    def _cut(self, since: int) -> Piece:
        told, size, at = [], 0, since
        while at < self.ring.end and size < _PIECE_BYTES:
            frame = self.ring[at]
            if self.wanted.passes(frame):
                told.append(frame.encoded(self.written))
                size += len(told[-1])
            at += 1
        return Piece(chunked(b"".join(told)) if told else b"", at, self.ring.position(at))
