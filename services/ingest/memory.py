"""What ingest has published, in Redis; the one module that knows these keys.

Remembering and publishing are one atomic step: a short Lua script compares what is remembered with what the caller
decided upon, and only where they agree writes the event and the new memory. A crash at any point therefore neither
loses nor repeats an event, two pollers cannot publish the same article, and carrying the script out twice, as after a
broken connection, changes nothing the second time.

An article takes a field of a small hash (4,096 of them): about 90 bytes where a key of its own would take 200.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from redis.asyncio import Redis

from services.contracts.streams import PAYLOAD
from services.ingest.revise import Remembered

_MOST, _LARGEST = 200, 2_000_000

# KEYS: the stream, then one bucket per article. ARGV: the payload's field name, then per article: field, expected
# value ('' for none), new value, event. Answers per article: 1, or the value that stood there instead ('' for none).
_WRITE = """
local answers = {}
for i = 2, #KEYS do
  local at = 2 + (i - 2) * 4
  local field, expected, new, event = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  local current = redis.call('HGET', KEYS[i], field) or ''
  if current == expected then
    redis.call('XADD', KEYS[1], '*', ARGV[1], event)
    redis.call('HSET', KEYS[i], field, new)
    answers[i - 1] = 1
  elseif current == new then
    answers[i - 1] = 1
  else
    answers[i - 1] = current
  end
end
return answers
"""


@dataclass(frozen=True, slots=True)
class Change:
    """An event about an article, and what is remembered before and after it."""

    article: UUID
    before: Remembered | None
    after: Remembered
    event: bytes


class Memory:
    """The articles that were published to `stream`."""

    def __init__(self, redis: Redis, prefix: str, stream: str) -> None:
        self._redis, self._prefix, self._stream = redis, prefix, stream
        self._script = redis.register_script(_WRITE)

    async def recall(self, articles: Sequence[UUID]) -> list[Remembered | None]:
        """What is remembered of each, in the same order."""
        async with self._redis.pipeline(transaction=False) as pipeline:
            for article in articles:
                pipeline.hget(self._bucket(article), article.bytes)
            return [_read(value) for value in await pipeline.execute()]

    async def write(self, changes: Sequence[Change]) -> dict[UUID, Remembered | None]:
        """Publish and remember. Those that were forestalled are answered, with what is remembered now."""
        conflicts: dict[UUID, Remembered | None] = {}
        for chunk in _chunks(changes):
            keys = [self._stream, *(self._bucket(change.article) for change in chunk)]
            args: list[bytes] = [PAYLOAD.encode()]
            for change in chunk:
                args += (change.article.bytes, _value(change.before), _value(change.after), change.event)
            answers = cast("list[int | bytes]", await self._script(keys=keys, args=args))
            for change, answer in zip(chunk, answers, strict=True):
                if isinstance(answer, bytes):
                    conflicts[change.article] = _read(answer)
        return conflicts

    def _bucket(self, article: UUID) -> str:
        return f"{self._prefix}:ingest:memory:{article.hex[:3]}"


def _value(memory: Remembered | None) -> bytes:
    if memory is None:
        return b""
    return f"{memory.revision} {memory.first_seen_ms} {memory.digest} {','.join(memory.feeds)}".encode()


def _read(value: bytes | None) -> Remembered | None:
    if not value:
        return None
    revision, first_seen_ms, digest, feeds = value.decode().split(" ")
    return Remembered(int(revision), int(first_seen_ms), digest, tuple(feeds.split(",")))


def _chunks(changes: Sequence[Change]) -> list[list[Change]]:
    """Short enough that the script never keeps others waiting for long."""
    chunks: list[list[Change]] = []
    size = _LARGEST
    for change in changes:
        if size + len(change.event) > _LARGEST or len(chunks[-1]) >= _MOST:
            chunks.append([])
            size = 0
        chunks[-1].append(change)
        size += len(change.event)
    return chunks
