"""The feeds, in Redis: their states, when each is due, and who is polling it; the one module that knows these keys.

States are JSON in one hash. Due times are scores (Unix ms) of one sorted set. A replica leases due feeds by moving
their scores into the future, so a killed replica's feeds come due again by themselves. The ends of leases also stand
in a set of their own: a feed whose score still is the end of its lease was abandoned, and goes before all others. Every
write compares first, in one Lua step with its event, so that a poll that lost its lease or was overtaken by a command
writes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from redis.asyncio import Redis

from services.contracts.streams import PAYLOAD
from services.ingest.feed_state import FeedState
from services.ingest.fence import HAS_MARK, Fence, LostPast, Mark, read_mark
from services.wire.moments import unix_ms

# KEYS: states, due, leases, turns. ARGV: now, lease end, how many. Answers the ids that were leased, each with its
# state or '', the number of its turn and the mark of the last that published.
_TAKE = """
local taken = {}
local function take(id)
  redis.call('ZADD', KEYS[2], ARGV[2], id)
  redis.call('ZADD', KEYS[3], ARGV[2], id)
  taken[#taken + 1] = id
  taken[#taken + 1] = redis.call('HGET', KEYS[1], id) or ''
  taken[#taken + 1] = redis.call('HINCRBY', KEYS[4], id, 1)
  taken[#taken + 1] = redis.call('HGET', KEYS[4], id .. ' mark') or '0:0'
end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', ARGV[1], 'LIMIT', 0, 1000)) do
  local abandoned = redis.call('ZSCORE', KEYS[2], id) == redis.call('ZSCORE', KEYS[3], id)
  if not abandoned then redis.call('ZREM', KEYS[3], id)
  elseif #taken < 4 * tonumber(ARGV[3]) then take(id) end
end
local left = tonumber(ARGV[3]) - #taken / 4
if left > 0 then
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[1], 'LIMIT', 0, left)) do take(id) end
end
return taken
"""
# KEYS: due, leases. ARGV: new end, then id and present end of each. Answers 1 for each that is still held.
_RENEW = """
local answers = {}
for i = 2, #ARGV, 2 do
  local score = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[i]) or '')
  local held = score == tonumber(ARGV[i + 1]) or score == tonumber(ARGV[1])
  if held then
    redis.call('ZADD', KEYS[1], ARGV[1], ARGV[i])
    redis.call('ZADD', KEYS[2], ARGV[1], ARGV[i])
  end
  answers[#answers + 1] = held and 1 or 0
end
return answers
"""
# KEYS: due. ARGV: id, lease, new time. Answers 1 if the lease was held.
_DEFER = """
if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or '') ~= tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
return 1
"""
# KEYS: states, due, stream, turns. ARGV: id, expected state ('' for none), new state, due ('' to leave it, '-' for
# never), lease ('' if none is needed), payload's field, event ('' for none), the mark that must be there as turn and
# step. Answers 1 if written, now or by an earlier try, -1 where the mark is not there.
_SAVE = (
    HAS_MARK
    + """
local current = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if current == ARGV[3] and current ~= ARGV[2] then return 1 end
if not has_mark(redis.call('HGET', KEYS[4], ARGV[1] .. ' mark'), ARGV[8], ARGV[9]) then return -1 end
if current ~= ARGV[2] then return 0 end
if ARGV[5] ~= '' and tonumber(redis.call('ZSCORE', KEYS[2], ARGV[1]) or '') ~= tonumber(ARGV[5]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
if ARGV[4] == '-' then redis.call('ZREM', KEYS[2], ARGV[1])
elseif ARGV[4] ~= '' then redis.call('ZADD', KEYS[2], ARGV[4], ARGV[1]) end
if ARGV[7] ~= '' then redis.call('XADD', KEYS[3], '*', ARGV[6], ARGV[7]) end
return 1
"""
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A state, and how it stands in Redis."""

    state: FeedState
    stored: bytes


@dataclass(slots=True)
class Lease:
    """The right to poll a feed until `ends_ms`, unless renewed. `kept` is as it was when the lease was taken; `turn`
    grows from poll to poll; `mark` is that of the last step that published by then."""

    feed: UUID
    ends_ms: int
    kept: Kept | None = None
    turn: int = 0
    mark: Mark = (0, 0)


class Registry:
    """The feeds that are polled, and those that were removed."""

    def __init__(self, redis: Redis, prefix: str, stream: str) -> None:
        self._redis, self._stream = redis, stream
        self._states, self._due, self._leases, self._turns = (
            f"{prefix}:ingest:{name}" for name in ("feeds", "due", "leases", "turns")
        )
        self._take, self._renew, self._defer, self._save = (
            redis.register_script(text) for text in (_TAKE, _RENEW, _DEFER, _SAVE)
        )

    async def count(self) -> int:
        """How many feeds are known, those that were removed included."""
        return int(await self._redis.hlen(self._states))

    async def get(self, feed: UUID) -> Kept | None:
        stored = await self._redis.hget(self._states, str(feed))
        return _kept(cast("bytes | None", stored))

    async def save(
        self,
        before: Kept | None,
        after: FeedState,
        *,
        event: bytes | None = None,
        due: datetime | None = None,
        lease: Lease | None = None,
        fence: Fence | None = None,
    ) -> bool:
        """Write the new state with its event and due time (unchanged if None), unless someone else wrote since `before`
        was read or the lease is lost. A removed feed is never due. Answers whether it was written. Raises `LostPast`
        where the `fence` of the poll that led to it says so."""
        when = "-" if after.status == "removed" else str(unix_ms(due)) if due else ""
        args: list[str | bytes] = [
            str(after.id), before.stored if before else b"", after.model_dump_json(exclude_none=True), when,
            str(lease.ends_ms) if lease else "", PAYLOAD, event or b"",
            *(str(number) for number in (fence.mark if fence else (0, 0))),
        ]  # fmt: skip
        answer = int(await self._save(keys=[self._states, self._due, self._stream, self._turns], args=args))
        if answer < 0:
            raise LostPast
        return bool(answer)

    async def take_due(self, now: datetime, most: int, lease_s: float) -> list[Lease]:
        """Lease up to `most` feeds that are due, first those that a killed replica left behind."""
        ends = unix_ms(now) + max(1, int(lease_s * 1000))
        keys = [self._states, self._due, self._leases, self._turns]
        taken = iter(cast("list[Any]", await self._take(keys=keys, args=[unix_ms(now), ends, most])))
        fours = zip(taken, taken, taken, taken, strict=True)
        return [
            Lease(UUID(id_.decode()), ends, _kept(stored), turn, read_mark(mark)) for id_, stored, turn, mark in fours
        ]

    async def renew(self, leases: Sequence[Lease], now: datetime, lease_s: float) -> list[Lease]:
        """Prolong the leases in place. Answers those that are still held."""
        if not leases:
            return []
        ends = unix_ms(now) + int(lease_s * 1000)
        args: list[str | int] = [ends]
        for lease in leases:
            args += (str(lease.feed), lease.ends_ms)
        answers = cast("list[int]", await self._renew(keys=[self._due, self._leases], args=args))
        held = [lease for lease, answer in zip(leases, answers, strict=True) if answer]
        for lease in held:
            lease.ends_ms = ends
        return held

    def fence(self, lease: Lease) -> Fence:
        """For what may be published only until a later poll of the feed does."""
        return Fence(self._turns, lease.feed, lease.turn, lease.mark)

    async def defer(self, lease: Lease, to: datetime) -> bool:
        """Give the lease back without a poll; the feed is due at `to`. Answers whether it was still held."""
        args: list[str | int] = [str(lease.feed), lease.ends_ms, unix_ms(to)]
        return bool(await self._defer(keys=[self._due], args=args))

    async def make_due(self, feed: UUID, at: datetime) -> None:
        """Poll a known feed at `at`. A poll that is under way loses its lease by that."""
        await self._redis.zadd(self._due, {str(feed): unix_ms(at)}, xx=True)

    async def next_due(self) -> float | None:
        """When the next feed comes due, as Unix time in seconds; None where there is none."""
        first = await self._redis.zrange(self._due, 0, 0, withscores=True)
        return float(first[0][1]) / 1000 if first else None


def _kept(stored: bytes | None) -> Kept | None:
    return Kept(FeedState.model_validate_json(stored), stored) if stored else None
