"""How many live streams one address may have open."""

from collections import Counter

RETRY_AFTER_S = 10


class NoPlace(Exception):
    """The address has as many streams as it may have. Tell the client to close one, or to come again."""


class Places:
    def __init__(self, per_address: int) -> None:
        self.per_address = per_address
        self._taken: Counter[str] = Counter()

    def take(self, address: str) -> None:
        """Raises `NoPlace`. What was taken is to be given back."""
        if self._taken[address] >= self.per_address:
            raise NoPlace(address)
        self._taken[address] += 1

    def give_back(self, address: str) -> None:
        self._taken[address] -= 1
        if not self._taken[address]:
            del self._taken[address]

    def __len__(self) -> int:
        return self._taken.total()
