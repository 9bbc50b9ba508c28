"""The latest changes, kept once for all live readers: each reader is no more than a place in it."""

from services.api.live.frames import Frame
from services.api.readmodel.changes import Change
from services.api.readmodel.position import Position


class Ring:
    """Changes by their numbers, from `first` up to and without `end`. Bounded in number and in characters."""

    def __init__(self, room: int, characters: int) -> None:
        self.first = self.end = 1
        self._room, self._characters = room, characters
        self._held = 0
        self._frames: dict[int, Frame] = {}
        self._before = Position()

    def begin(self, last_change: int, position: Position) -> None:
        """Start after the changes that there are already."""
        self._frames.clear()
        self.first = self.end = last_change + 1
        self._held, self._before = 0, position

    def append(self, change: Change) -> None:
        if change.seq != self.end:  # only where nobody said where to begin
            self.begin(change.seq - 1, self._before)
        frame = Frame(change)
        self._frames[self.end] = frame
        self.end += 1
        self._held += frame.size
        while self.end - self.first > 1 and (len(self._frames) > self._room or self._held > self._characters):
            gone = self._frames.pop(self.first)
            self.first += 1
            self._held -= gone.size
            self._before = gone.change.position

    def __getitem__(self, seq: int) -> Frame:
        return self._frames[seq]

    def position(self, seq: int) -> Position:
        """How far the read model had come just before change `seq`, which is one in the ring or the next."""
        earlier = self._frames.get(seq - 1)
        return earlier.change.position if earlier else self._before
