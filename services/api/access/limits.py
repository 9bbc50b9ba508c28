"""How often one client may ask: a token bucket, kept as one number.

The bucket holds a minute's requests and fills steadily. What is kept is the moment at which it will be full again
(the generic cell rate algorithm, as in ATM Forum TM 4.1, 4.4.2): a client that has none has a full bucket.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

WINDOW_S = 60.0
_MOST_CLIENTS = 50_000
_SITE_BITS = 64
"""Of an IPv6 address: what a provider gives to one customer at least."""


@dataclass(frozen=True, slots=True)
class Taken:
    """`left` requests can follow at once; the bucket is full in `full_in_s`. `wait_s` is 0 if this one may pass."""

    quota: int
    left: int
    full_in_s: float
    wait_s: float


def take(quota: int, full_at: float | None, now: float) -> tuple[Taken, float]:
    """Take one of `quota` requests a minute, and say when the bucket will be full. Refused, it takes nothing."""
    filled = now if full_at is None else max(full_at, now)
    after = filled + WINDOW_S / quota
    if after - now > WINDOW_S * (1 + 1e-9):
        return Taken(quota, 0, filled - now, after - now - WINDOW_S), filled
    left = math.floor((WINDOW_S - (after - now)) * quota / WINDOW_S + 1e-6)
    return Taken(quota, left, after - now, 0.0), after


class Limits:
    """The buckets of all clients. Full ones are forgotten; so are, where there are too many, the fullest."""

    def __init__(self, most: int = _MOST_CLIENTS) -> None:
        self._full_at: dict[str, float] = {}
        self._most = most

    def take(self, client: str, quota: int, now: float) -> Taken:
        taken, full_at = take(quota, self._full_at.get(client), now)
        if client not in self._full_at and len(self._full_at) >= self._most:
            self._forget(now)
        self._full_at[client] = full_at
        return taken

    def _forget(self, now: float) -> None:
        kept = {client: full_at for client, full_at in self._full_at.items() if full_at > now}
        if len(kept) > self._most // 2:
            kept = dict(sorted(kept.items(), key=lambda known: known[1])[-self._most // 2 :])
        self._full_at = kept

    def __len__(self) -> int:
        return len(self._full_at)


@lru_cache(maxsize=4_096)
def client_of(address: str) -> str | None:
    """Who an address counts as: itself, of IPv6 its network. None for this machine, which is not limited."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is None:
            return None if parsed.is_loopback else str(IPv6Address(int(parsed) >> _SITE_BITS << _SITE_BITS))
        parsed = parsed.ipv4_mapped
    return None if parsed.is_loopback else str(parsed)


def headers(name: str, taken: Taken) -> list[tuple[bytes, bytes]]:
    """As draft-ietf-httpapi-ratelimit-headers-10 has them. Seconds are whole, and never too few."""
    return [
        (b"ratelimit-policy", f'"{name}";q={taken.quota};w={WINDOW_S:.0f}'.encode()),
        (b"ratelimit", f'"{name}";r={taken.left};t={math.ceil(taken.full_in_s)}'.encode()),
    ]
