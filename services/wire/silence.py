"""Which groups nobody reads any more, and so may not hold a stream back for ever. Pure decisions."""

from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel

from services.wire.entry_ids import written
from services.wire.standing import GroupAt

State = Literal["reading", "silent", "expired"]

_HOUR_MS = 3_600_000


class Note(BaseModel, frozen=True):
    """What is remembered of a group from look to look, in Redis. `since_ms` is the last sign of life: the group moved,
    had nothing to read, or one of its consumers asked. `lost`: events that were dropped while the group was expired
    and had not settled them (at most). `back_ms`: when it was heard of again after that."""

    at: str
    pending: int
    since_ms: int
    state: State = "reading"
    lost: int = 0
    back_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Patience:
    """After which time without a sign of life a group is told of, and after which it holds nothing back any more."""

    expires_ms: int

    @property
    def silent_ms(self) -> int:
        return min(_HOUR_MS, self.expires_ms // 2)


def noted(group: GroupAt, before: Note | None, now_ms: int, patience: Patience) -> Note:
    """The group as it stands now. Silence counts from the first look at it, so that nothing expires unannounced."""
    at = written(group.delivered)
    since_ms = now_ms
    if before and group.unsettled and (before.at, before.pending) == (at, group.pending):
        asked_ms = now_ms - group.quiet_ms if group.quiet_ms is not None else 0
        since_ms = min(now_ms, max(before.since_ms, asked_ms))
    quiet_ms = now_ms - since_ms
    state: State = "reading"
    if quiet_ms >= patience.silent_ms:
        told_before = before is not None and before.state != "reading"
        state = "expired" if quiet_ms >= patience.expires_ms and told_before else "silent"
    lost, back_ms = (before.lost, before.back_ms) if before else (0, None)
    if before and before.state == "expired" and state != "expired":
        back_ms = now_ms
    if back_ms is not None and now_ms - back_ms >= patience.expires_ms:
        lost, back_ms = 0, None
    return Note(at=at, pending=group.pending, since_ms=since_ms, state=state, lost=lost, back_ms=back_ms)
