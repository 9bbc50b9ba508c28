"""Politeness to publishers: how many requests one site sees at a time, and how far apart, from all replicas together.

Who has to wait is told when to come back, and keeps that turn; nobody waits here. Places and turns stand in Redis; this
is the one module that knows their keys. To ask is one Lua step. A place ends by itself unless it is kept, so a killed
replica frees its own. Where Redis does not answer nobody enters.
"""

import logging
from dataclasses import dataclass
from typing import cast
from uuid import UUID, uuid4

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.ingest.sites import host_of, site_of

logger = logging.getLogger(__name__)

_SHORTEST_TURN_MS = 250  # so that those who find a site full do not ask all the time
_ENTERED = -1

# KEYS: the site's turns (a hash), its places (a sorted set by end). ARGV: now, place, its end, who asks, concurrency,
# spacing, shortest turn; times in ms. Answers -1 where the place was given, or else when the asker's turn comes.
_ENTER = """
local now, place_ends, most = tonumber(ARGV[1]), tonumber(ARGV[3]), tonumber(ARGV[5])
local spacing, shortest = tonumber(ARGV[6]), tonumber(ARGV[7])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
if redis.call('ZSCORE', KEYS[2], ARGV[2]) then return -1 end
local told = redis.call('HMGET', KEYS[1], 'free at', 'last turn', ARGV[4])
local free_at, last_turn, turn = tonumber(told[1] or 0), tonumber(told[2] or 0), tonumber(told[3] or 0)
if turn > now then return turn end
local has_room = redis.call('ZCARD', KEYS[2]) < most
if has_room and free_at <= now and (turn > 0 or last_turn <= now) then
  free_at = now + spacing
  redis.call('HDEL', KEYS[1], ARGV[4])
  redis.call('ZADD', KEYS[2], place_ends, ARGV[2])
  redis.call('PEXPIREAT', KEYS[2], place_ends)
  turn = -1
elseif has_room and turn > 0 then
  turn = free_at
  redis.call('HSET', KEYS[1], ARGV[4], turn)
else
  last_turn = math.max(last_turn, now, free_at - spacing) + math.max(spacing, shortest)
  turn = last_turn
  redis.call('HSET', KEYS[1], ARGV[4], turn)
end
redis.call('HSET', KEYS[1], 'free at', free_at, 'last turn', last_turn)
redis.call('PEXPIREAT', KEYS[1], math.max(free_at, last_turn) + 60000)
return turn
"""


@dataclass(frozen=True, slots=True)
class Manners:
    """How a site is treated. `own` hosts are the operator's and have no limits. A place that is not kept ends after
    `place_s`."""

    concurrency: int = 2
    spacing_s: float = 1.0
    own: frozenset[str] = frozenset()
    place_s: float = 15.0


class Hosts:
    """Who is being asked. Moments are Unix time in seconds, by clocks that agree as those of leases have to."""

    def __init__(self, redis: Redis, prefix: str, manners: Manners) -> None:
        self._redis, self._prefix, self._manners = redis, prefix, manners
        self._enter = redis.register_script(_ENTER)
        self._replica = uuid4().hex
        self._held: dict[UUID, str] = {}

    def is_own(self, url: str) -> bool:
        """Whether the operator named the host of `url` as one of their own."""
        return host_of(url) in self._manners.own

    async def enter(self, who: UUID, url: str, now: float) -> float | None:
        """None where `who` (a feed or an article) may ask `url` now; `leave` must follow. Otherwise when its turn is.
        Raises Redis's errors: who cannot be counted does not enter."""
        if self.is_own(url):
            return None
        turns, places = self._keys(url)
        args: list[str | int] = [
            _ms(now), self._place(who), _ms(now + self._manners.place_s), str(who), self._manners.concurrency,
            _ms(self._manners.spacing_s), _SHORTEST_TURN_MS,
        ]  # fmt: skip
        answer = cast(int, await self._enter(keys=[turns, places], args=args))
        if answer != _ENTERED:
            return answer / 1000
        self._held[who] = places
        return None

    async def leave(self, who: UUID) -> None:
        """What `enter` allowed is over. Raises nothing: a place that cannot be given back ends by itself."""
        places = self._held.pop(who, None)
        if places is None:
            return
        try:
            await self._redis.zrem(places, self._place(who))
        except (RedisError, OSError) as error:
            logger.debug("the place of %s ends by itself: %s", who, error)

    async def keep(self, now: float) -> None:
        """Prolong all places that this replica holds. To be called several times within `place_s`."""
        ends = _ms(now + self._manners.place_s)
        async with self._redis.pipeline(transaction=False) as pipeline:
            for who, places in self._held.items():
                pipeline.zadd(places, {self._place(who): ends})
                pipeline.pexpireat(places, ends)
            await pipeline.execute()

    def _place(self, who: UUID) -> str:
        return f"{self._replica}/{who}"

    def _keys(self, url: str) -> tuple[str, str]:
        key = f"{self._prefix}:ingest:site:{site_of(url)}"
        return key, f"{key}:places"


def _ms(seconds: float) -> int:
    return int(seconds * 1000)
