"""What sites let robots read (RFC 9309): one robots.txt for each origin, asked for at most once in a while."""

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from protego import Protego

from services.ingest.fetch import Fetcher, Wanted
from services.ingest.outcomes import Failed, Fetched

_LOOKED_AT = 512_000
"""RFC 9309, 2.5: at least 500 kibibytes."""
_MOST_RULES = 500_000
"""Groups times rules. Every group may name all rules of a file; this many are an attack."""
_LONGEST_DELAY_S = 30.0
_KEPT, _KEPT_AT_LEAST, _ASKED_AGAIN = timedelta(hours=24), timedelta(hours=1), timedelta(minutes=5)
_MANY_ORIGINS = 1_000
_ROBOTS = Wanted("text/plain, */*;q=0.1")
_TOKEN = re.compile(r"[A-Za-z_-]+")


class RobotsRefuse(Exception):
    """A page may not be read. `for_now` where the rules could not be read, so that they may allow it later."""

    def __init__(self, reason: str, *, for_now: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.for_now = reason, for_now


@dataclass(frozen=True, slots=True)
class Rules:
    """What one robots.txt says. `reason` is set where nothing may be read for now."""

    parsed: Protego | None = None
    reason: str | None = None

    def check(self, url: str, token: str) -> None:
        """Raises `RobotsRefuse`."""
        if self.reason:
            raise RobotsRefuse(self.reason, for_now=True)
        if self.parsed and not self.parsed.can_fetch(url, token):
            raise RobotsRefuse("its robots.txt does not allow it")

    def delay_s(self, token: str) -> float:
        """The `crawl-delay` that is asked for, up to half a minute."""
        asked = self.parsed.crawl_delay(token) if self.parsed else None
        return min(max(asked or 0.0, 0.0), _LONGEST_DELAY_S)


def product_token(user_agent: str) -> str:
    """Our name as rules call it: the letters that the user agent begins with."""
    found = _TOKEN.match(user_agent)
    return found[0] if found else user_agent


def read_rules(outcome: Fetched | Failed) -> Rules:
    """No file (any 4xx, or more redirects than five) allows all; a server that fails allows nothing for now. Where its
    address is refused, so is the page's."""
    if isinstance(outcome, Failed):
        if outcome.kind in {"status", "gone", "redirect", "address"}:
            return Rules()
        return Rules(reason=f"its robots.txt could not be read: {outcome.reason}")
    text = outcome.body[:_LOOKED_AT].decode("utf-8-sig", "replace")
    lines = [line.lstrip().lower() for line in text.splitlines()]
    groups = sum(line.startswith("user") for line in lines)
    if groups * len(lines) > _MOST_RULES:
        return Rules(reason="its robots.txt has more groups and rules than any site needs")
    return Rules(Protego.parse(text))


@dataclass(slots=True)
class _Known:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    rules: Rules = field(default_factory=Rules)
    until: datetime | None = None


class Robots:
    """The rules of the origins that were asked for lately."""

    def __init__(self, fetcher: Fetcher, *, user_agent: str, clock: Callable[[], datetime]) -> None:
        self._fetcher, self._clock = fetcher, clock
        self.token = product_token(user_agent)
        self._known: OrderedDict[str, _Known] = OrderedDict()

    async def check(self, url: str) -> None:
        """Raises `RobotsRefuse` where `url` may not be read."""
        (await self._rules(url)).check(url, self.token)

    async def delay_s(self, url: str) -> float:
        """Seconds that the origin wants between two requests."""
        return (await self._rules(url)).delay_s(self.token)

    async def _rules(self, url: str) -> Rules:
        origin = _origin(url)
        known = self._known.setdefault(origin, _Known())
        self._known.move_to_end(origin)
        if len(self._known) > _MANY_ORIGINS:
            self._known.popitem(last=False)
        async with known.lock:
            if known.until is None or known.until <= self._clock():
                outcome = await self._fetcher.fetch(f"{origin}/robots.txt", wanted=_ROBOTS)
                if not isinstance(outcome, Fetched | Failed):
                    raise TypeError("an unconditional request was answered with 304")
                known.rules = read_rules(outcome)
                known.until = self._clock() + _kept(outcome, known.rules)
        return known.rules


def _kept(outcome: Fetched | Failed, rules: Rules) -> timedelta:
    if rules.reason:
        return _ASKED_AGAIN
    if isinstance(outcome, Fetched) and outcome.fresh_s is not None:
        return min(max(timedelta(seconds=outcome.fresh_s), _KEPT_AT_LEAST), _KEPT)
    return _KEPT


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme.lower()}://{parts.netloc.rpartition('@')[2].lower()}"
