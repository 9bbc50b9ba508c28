"""What a feed's recent polls say about its dates: whether its clock is off by whole hours, whether it knows the time.

The freshest article of each poll that brought one tells how long after its date it was first seen. Of a feed that is
right these delays begin at nothing; of one that writes the local time of UTC+2 as UTC they begin two hours earlier.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

from services.enrich.dates.numeric_order import Order

FEWEST_POLLS = 24
"""Below this many nothing is learned of the offset."""

MOST_POLLS = 48
"""Only so many of the latest polls are asked: publishers repair their clocks, and summer time begins and ends."""

_RECENT = 8
_SKEW = 5
_EDGE, _QUARTER, _HALF = 25, 45, 90
_SHARP = 20
_HALF_HOURS = (-570, -210, -150, 210, 270, 330, 390, 570, 630)
_OFFSETS = sorted({*range(-12 * 60, 14 * 60 + 1, 60), *_HALF_HOURS})
_FEW_DAYS = 5


@dataclass(frozen=True, slots=True)
class FeedDates:
    """What earlier polls of a feed said.

    `delays`: minutes from the date of the freshest article to its first sight, one for each poll, oldest first.
    `midnights`: how many polls had dates at midnight, `timed`: how many had others. `day_first`, `month_first`: how
    many had dates of three numbers that can be read in one order only.
    """

    delays: tuple[int, ...] = ()
    timed: int = 0
    midnights: int = 0
    day_first: int = 0
    month_first: int = 0

    @property
    def knows_no_time(self) -> bool:
        """All that the feed ever wrote is midnight."""
        return self.midnights >= _FEW_DAYS and not self.timed

    @property
    def knows_the_time(self) -> bool:
        return self.timed >= _FEW_DAYS and self.midnights * 5 <= self.timed

    @property
    def order(self) -> Order | None:
        """`day` or `month`, whichever the feed writes first, where it never wrote the other."""
        if self.day_first and not self.month_first:
            return "day"
        return "month" if self.month_first and not self.day_first else None


NOTHING = FeedDates()


class Offset(NamedTuple):
    """The feed's dates are `ahead` of the truth (negative: behind it), as `polls` polls show."""

    ahead: timedelta
    polls: int

    @property
    def zone(self) -> str:
        """As zones are written, e.g. `+02:00`."""
        minutes = int(self.ahead.total_seconds()) // 60
        return f"{'+' if minutes >= 0 else '-'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


@lru_cache(maxsize=1024)  # all articles of a poll ask the same
def learned_offset(delays: tuple[int, ...]) -> Offset | None:
    """By how many whole hours, or half ones where a zone has them, the feed's dates are off. None: not at all, too few
    polls, or not steadily.

    The delays must begin sharply at the offset: the shortest within 25 minutes of it, a quarter within 45 of the
    shortest, half within 90, and the latest eight polls like the others. A feed that is merely slow does not begin
    sharply, and planned articles are ahead now and then. Where a zone lies half an hour further on, a quarter must be
    within 20 minutes. For dates behind the truth, which a slow feed looks like, all polls but one must be.
    """
    delays = delays[-MOST_POLLS:]
    if len(delays) < FEWEST_POLLS:
        return None
    ordered = sorted(delays)
    least = ordered[max(1, len(ordered) // 16)]
    ahead = next((offset for offset in _OFFSETS if offset >= -least - _SKEW), None)
    if not ahead or not _steady(delays, ordered, least) or not _fits(ahead, ordered, least):
        return None
    return Offset(timedelta(minutes=ahead), len(delays))


def _steady(delays: Sequence[int], ordered: Sequence[int], least: int) -> bool:
    """Whether the delays begin sharply, and those of the latest polls like all others."""
    quarter, half = ordered[len(ordered) // 4], ordered[len(ordered) // 2]
    latest = sorted(delays[-_RECENT:])[1]
    return quarter - least <= _QUARTER and half - least <= _HALF and latest - least <= _QUARTER


def _fits(ahead: int, ordered: Sequence[int], least: int) -> bool:
    quarter = ordered[len(ordered) // 4]
    if least + ahead > _EDGE or (ahead + 30 in _OFFSETS and quarter - least > _SHARP):
        return False
    return ahead > 0 or (ordered[1] >= -ahead - _SKEW and quarter + ahead <= _QUARTER)
