"""What a date string was read as."""

from datetime import datetime
from typing import Literal, NamedTuple


class ParsedDate(NamedTuple):
    """A moment in UTC, and how much of it the string really said.

    `zone` is `assumed` where the string named no zone that is known (UTC is then taken). `note` says what
    else had to be supplied, e.g. the day of a date that names only a month. `utc`: the clock is UTC's, be it named or
    assumed. `midnight`: the string has a time of day, and it is 0:00 on the writer's clock. `counted`: it is an age.
    """

    at: datetime
    precision: Literal["second", "minute", "day"]
    zone: Literal["explicit", "assumed"]
    note: str | None = None
    utc: bool = True
    midnight: bool = False
    counted: bool = False


class Calendar(NamedTuple):
    """The calendar date that a string begins with, and where in the string it ends.

    `ambiguous`: day and month can be told apart only by a clock of the American kind (am and pm).
    """

    year: int
    month: int
    day: int
    end: int
    note: str | None = None
    ambiguous: bool = False
