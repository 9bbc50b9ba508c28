"""The pages that are to be read, in Redis; the one module that knows these keys.

A page is queued before its article is published, and taken off after the page's own revision is. A crash between
the two therefore loses nothing: whoever takes a page compares its revision with what ingest remembers of the article,
and waits for one that is not published yet, or forgets one that is over.

Due times are scores (Unix ms) of a sorted set, pages are JSON in a hash, both by article, revision and digest. A
replica leases due pages by moving their scores into the future; a killed replica's come due again by themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from redis.asyncio import Redis

from services.contracts.articles import Article
from services.contracts.base import Contract, Instant
from services.wire.moments import unix_ms

# KEYS: due, pages. ARGV: now, lease end, how many. Answers ids and pages in turn.
_TAKE = """
local found = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])) do
  local page = redis.call('HGET', KEYS[2], id)
  if page then
    redis.call('ZADD', KEYS[1], ARGV[2], id)
    found[#found + 1] = id
    found[#found + 1] = page
  else
    redis.call('ZREM', KEYS[1], id)
  end
end
return found
"""
# KEYS: due, pages. ARGV: id, lease, new time, new page. Answers 1 if the lease was held.
_DEFER = """
if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or '') ~= tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[4])
return 1
"""
# KEYS: due, pages, counts. ARGV: id, lease, outcome. Answers 1 if the lease was held.
_SETTLE = """
if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or '') ~= tonumber(ARGV[2]) then return 0 end
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('HINCRBY', KEYS[3], ARGV[3], 1)
return 1
"""


class WantedPage(Contract):
    """An article as its feed gave it, whose page is to be read. `digest` is that of the feed's entry."""

    article: Article
    digest: str
    queued_at: Instant
    failures: int = 0

    @property
    def key(self) -> str:
        return f"{self.article.id}/{self.article.revision}/{self.digest}"

    @property
    def url(self) -> str:
        return self.article.url or ""


@dataclass(frozen=True, slots=True)
class PageLease:
    """The right to read a page until `ends_ms`."""

    page: WantedPage
    ends_ms: int

    @property
    def article(self) -> UUID:
        return self.page.article.id


class PageQueue:
    """Pages to be read, and how many were."""

    def __init__(self, redis: Redis, prefix: str) -> None:
        self._redis = redis
        self._due, self._pages, self._counts = (f"{prefix}:ingest:pages:{name}" for name in ("due", "wanted", "counts"))
        self._take, self._defer, self._settle = (redis.register_script(text) for text in (_TAKE, _DEFER, _SETTLE))

    async def put(self, pages: Sequence[WantedPage], due: datetime) -> None:
        """Queue pages; one that is queued already stays as it is."""
        if not pages:
            return
        async with self._redis.pipeline(transaction=True) as pipeline:
            for page in pages:
                pipeline.hsetnx(self._pages, page.key, page.model_dump_json(exclude_none=True))
                pipeline.zadd(self._due, {page.key: unix_ms(due)}, nx=True)
            await pipeline.execute()

    async def take(self, now: datetime, most: int, lease_s: float) -> list[PageLease]:
        """Lease up to `most` pages that are due."""
        ends = unix_ms(now) + max(1, int(lease_s * 1000))
        found = cast("list[bytes]", await self._take(keys=[self._due, self._pages], args=[unix_ms(now), ends, most]))
        return [PageLease(WantedPage.model_validate_json(stored), ends) for stored in found[1::2]]

    async def defer(self, lease: PageLease, to: datetime, *, failed: bool = False) -> bool:
        """Give a page back that is due at `to`. Answers whether the lease was still held."""
        page = lease.page.model_copy(update={"failures": lease.page.failures + failed})
        args: list[str | int] = [page.key, lease.ends_ms, unix_ms(to), page.model_dump_json(exclude_none=True)]
        return bool(await self._defer(keys=[self._due, self._pages], args=args))

    async def settle(self, lease: PageLease, outcome: str) -> bool:
        """Take a page off, and count how it ended. Answers whether the lease was still held."""
        args: list[str | int] = [lease.page.key, lease.ends_ms, outcome]
        return bool(await self._settle(keys=[self._due, self._pages, self._counts], args=args))

    async def counts(self) -> dict[str, int]:
        """How many pages ended in which way, ever."""
        found = cast("dict[bytes, bytes]", await self._redis.hgetall(self._counts))
        return {name.decode(): int(number) for name, number in found.items()}

    async def waiting(self) -> int:
        return int(await self._redis.zcard(self._due))
