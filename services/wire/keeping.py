"""What an operator lets stay on the streams."""

from dataclasses import dataclass
from datetime import timedelta

from services.wire.silence import Patience


@dataclass(frozen=True, slots=True)
class Keeping:
    """For how long settled events stay, after how long a group that nobody reads holds nothing back, and how many bytes
    of the broker all streams may take (0: two thirds of what it has)."""

    retain: timedelta
    expires: timedelta = timedelta(days=14)
    most_bytes: int = 0

    @property
    def patience(self) -> Patience:
        return Patience(int(self.expires.total_seconds() * 1000))
