"""Politeness to publishers: how many requests of different feeds one site sees at a time, and how far apart.

A site is a registrable domain (`feeds.e.co.uk` and `www.e.co.uk` are `e.co.uk`) or else the host itself. Who has to
wait is told when to come back, and keeps that turn; nobody waits here.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit
from uuid import UUID

from publicsuffixlist import PublicSuffixList

_MANY_SITES = 4_096
_SHORTEST_TURN_S = 0.25  # so that those who find a site full do not ask all the time


@dataclass(frozen=True, slots=True)
class Manners:
    """How a site is treated. `own` hosts are the operator's and have no limits."""

    concurrency: int = 2
    spacing_s: float = 1.0
    own: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Site:
    running: int = 0
    free_at: float = 0.0
    last_turn: float = 0.0
    turns: dict[UUID, float] = field(default_factory=dict)


class Hosts:
    """Who is being asked. Moments are Unix time in seconds."""

    def __init__(self, manners: Manners) -> None:
        self._manners = manners
        self._sites: dict[str, _Site] = {}
        self._suffixes = PublicSuffixList()
        self._site_of = lru_cache(maxsize=100_000)(self._find_site)

    def __len__(self) -> int:
        """The sites that are remembered."""
        return len(self._sites)

    def is_own(self, url: str) -> bool:
        """Whether the operator named the host of `url` as one of their own."""
        return _host(url) in self._manners.own

    def enter(self, feed: UUID, url: str, now: float) -> float | None:
        """None where `feed` may be read from `url` now; `leave` must follow. Otherwise when its turn comes."""
        if self.is_own(url):
            return None
        if len(self._sites) > _MANY_SITES:
            self._forget_idle(now)
        site = self._sites.setdefault(self._site_of(_host(url)), _Site())
        has_turn = site.turns.pop(feed, None) is not None
        room = site.running < self._manners.concurrency and site.free_at <= now
        if room and (has_turn or site.last_turn <= now):
            site.running += 1
            site.free_at = now + self._manners.spacing_s
            return None
        turn = max(site.last_turn, now, site.free_at - self._manners.spacing_s)
        turn += max(self._manners.spacing_s, _SHORTEST_TURN_S)
        site.turns[feed] = site.last_turn = turn
        return turn

    def leave(self, url: str) -> None:
        """The reading that `enter` allowed is over."""
        if not self.is_own(url):
            self._sites[self._site_of(_host(url))].running -= 1

    def _find_site(self, host: str) -> str:
        try:
            return str(ip_address(host))
        except ValueError:
            return self._suffixes.privatesuffix(host) or host

    def _forget_idle(self, now: float) -> None:
        """Turns that nobody took belonged to feeds that were removed or that another replica reads."""
        busy = {
            name: site for name, site in self._sites.items() if site.running or max(site.free_at, site.last_turn) > now
        }
        self._sites = busy


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return url
