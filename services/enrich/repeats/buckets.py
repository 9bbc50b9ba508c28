"""Where prints are kept: in Redis, where all replicas see them, or in this process."""

from collections.abc import Sequence
from typing import Protocol, cast

from redis.asyncio import Redis

from services.enrich.repeats.layout import LASTS_S, Bucket


class Buckets(Protocol):
    """Bytes by name. What is written can be read by everybody when `write_and_read` looks."""

    async def write_and_read(
        self, entries: Sequence[tuple[Bucket, bytes]], read: Sequence[Bucket]
    ) -> dict[Bucket, bytes]:
        """Add each entry to the end of its bucket unless it is in there; then read those buckets that hold anything."""
        ...


# An entry that is sent again changes nothing. SET instead of APPEND, which would reserve twice the memory.
_WRITE = """
for i = 1, #KEYS do
  local held = redis.call('GET', KEYS[i])
  if not held then
    redis.call('SET', KEYS[i], ARGV[i + 1], 'EX', ARGV[1])
  elseif not string.find(held, ARGV[i + 1], 1, true) then
    redis.call('SET', KEYS[i], held .. ARGV[i + 1], 'EX', ARGV[1])
  end
end
"""


class RedisBuckets:
    """Shared by all replicas that have the prefix. A bucket is gone some days after it was last written."""

    def __init__(self, redis: Redis, prefix: str) -> None:
        self._redis, self._prefix = redis, f"{prefix}:repeats:".encode()
        self._write = redis.register_script(_WRITE)

    async def write_and_read(
        self, entries: Sequence[tuple[Bucket, bytes]], read: Sequence[Bucket]
    ) -> dict[Bucket, bytes]:
        if not entries and not read:
            return {}
        async with self._redis.pipeline(transaction=False) as pipeline:
            if entries:
                keys = [self._prefix + bucket for bucket, _ in entries]
                await self._write(keys=keys, args=[LASTS_S, *(entry for _, entry in entries)], client=pipeline)
            if read:
                pipeline.mget([self._prefix + bucket for bucket in read])
            answers = await pipeline.execute()
        found = cast(list[bytes | None], answers[-1]) if read else []
        return {bucket: held for bucket, held in zip(read, found, strict=False) if held}


class LocalBuckets:
    """For one run over a file. Keeps everything, and never waits."""

    def __init__(self) -> None:
        self._held: dict[Bucket, bytes] = {}

    async def write_and_read(
        self, entries: Sequence[tuple[Bucket, bytes]], read: Sequence[Bucket]
    ) -> dict[Bucket, bytes]:
        for bucket, entry in entries:
            held = self._held.get(bucket, b"")
            if entry not in held:
                self._held[bucket] = held + entry
        return {bucket: self._held[bucket] for bucket in read if bucket in self._held}
