"""What an older poll of a feed found is not published after what a newer one did.

A replica that slept through its lease, or waited for the broker, may hold a document that is older than what another
one published meanwhile. Each poll has its turn, a number that grows; the step that publishes asks, in the broker,
whether a later turn has published. To ask before would leave time to fall asleep in between.

Nor is anything built upon what the broker has lost. Where a replica took its place in the middle of a poll, part of
what was published may be gone; were the feed's state written to the new one, with the validators of a document of which
it does not have all, the publisher would answer "not modified" from then on. So each step that publishes leaves a mark,
and each later step of the poll asks that the broker has it still.
"""

from dataclasses import dataclass
from uuid import UUID


class Overtaken(Exception):
    """A later poll of the feed has published; what this one holds is out of date."""


class LostPast(Overtaken):
    """The broker does not have what this poll, or one before it, has published."""


Mark = tuple[int, int]
"""A turn, and the number of its steps that published. It grows."""


@dataclass(slots=True)
class Fence:
    """The `turn` of a poll of `feed`. `turns` is the hash that has the latest turn, the latest that published, and the
    mark of its last step. `mark` is the last that is known to this poll."""

    turns: str
    feed: UUID
    turn: int
    mark: Mark = (0, 0)

    @property
    def next_mark(self) -> Mark:
        turn, step = self.mark
        return self.turn, (step if turn == self.turn else 0) + 1


HAS_MARK = """
local function has_mark(stored, turn, step)
  local at, last = string.match(stored or '0:0', '^(%d+):(%d+)$')
  at, last, turn, step = tonumber(at), tonumber(last), tonumber(turn), tonumber(step)
  return at > turn or (at == turn and last >= step)
end
"""
"""`has_mark(stored, turn, step)` in Lua: whether the mark that stands in the hash is that one or a later one."""


def read_mark(stored: bytes | None) -> Mark:
    turn, _, step = (stored or b"0:0").decode().partition(":")
    return int(turn), int(step)
