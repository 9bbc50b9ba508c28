"""What an older poll of a feed found is not published after what a newer one did.

A replica that slept through its lease, or waited for the broker, may hold a document that is older than what another
one published meanwhile. Each poll has its turn, a number that grows; the step that publishes asks, in the broker,
whether a later turn has published. To ask before would leave time to fall asleep in between.
"""

from dataclasses import dataclass
from uuid import UUID


class Overtaken(Exception):
    """A later poll of the feed has published; what this one holds is out of date."""


@dataclass(frozen=True, slots=True)
class Fence:
    """The `turn` of a poll of `feed`. `turns` is the hash that has the latest turn, and the latest that published."""

    turns: str
    feed: UUID
    turn: int
