"""Headlines that come again and again, over whatever is new: "Morning briefing", "The week in pictures, 9 July"."""

import re
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

_BUCKETS = 1 << 16
_HOUR = 3_600_000
_APART = 12
_WORDS = re.compile(r"[^\W\d_]+")
_DAYS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august "
    "september october november december jan feb mar apr jun jul aug sep sept oct nov dec st nd rd th".split()
)
_HINTS = frozenset(
    "briefing brief bulletin digest roundup round wrap newsletter mail headlines recap pictures review day week today "
    "quiz crossword sudoku horoscope horoscopes letters stories".split()
)
_KNOWN = re.compile(
    r"\b(?:(?:morning|evening|midday|midweek|daily|weekly|news|weekend|afternoon|lunchtime|nightly|business)"
    r" (?:news )?(?:briefing|brief|bulletin|digest|round-?up|wrap|newsletter|mail|headlines|recap)"
    r"|weeks? in (?:pictures|review)|(?:pictures|photos|photographs|images|cartoon|quote) of the (?:day|week)"
    r"|today in history|on this day|(?:news|weekly) quiz|crossword|sudoku|horoscopes?|letters to the editor"
    r"|(?:top|main|latest) (?:headlines|stories)|in brief|what to (?:watch|know) (?:today|this week))\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Series:
    """When each headline of each source came first, in hours since 1970, without its numbers and days; as hashes."""

    began: NDArray[np.uint32]

    @classmethod
    def begin(cls) -> "Series":
        return cls(np.zeros(_BUCKETS, np.uint32))

    def take(self, source: str, title: str, at: int) -> bool:
        """Whether the headline is one of a series, as far as can be told by now: its source had it half a day ago or
        earlier, but for numbers and days, or it says so in English. `at` is in ms. To be called for each article."""
        words = [word for word in _WORDS.findall(title.lower()) if word not in _DAYS]
        if not words:
            return title != ""
        key = crc32("\n".join((source, *words)).encode("utf-8", "surrogatepass")) & (_BUCKETS - 1)
        began, hour = int(self.began[key]), max(at // _HOUR, 1)
        if not began:
            self.began[key] = hour
        return (began > 0 and hour - began >= _APART) or (
            not _HINTS.isdisjoint(words) and _KNOWN.search(title) is not None
        )
