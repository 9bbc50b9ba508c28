"""What ingest has published, in Redis; the one module that knows these keys.

Remembering and publishing are one atomic step: a short Lua script compares what is remembered with what the caller
decided upon, and only where they agree writes the event and the new memory. A crash at any point therefore neither
loses nor repeats an event, two pollers cannot publish the same article, and carrying the script out twice, as after a
broken connection, changes nothing the second time.

An article takes a field of a small hash (4,096 of them), and so does its guid in a feed: about 90 bytes each where a
key of its own would take 200.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import cast
from uuid import UUID

from redis.asyncio import Redis

from services.contracts.streams import PAYLOAD
from services.ingest.fence import HAS_MARK, Fence, LostPast, Overtaken
from services.ingest.recognise import Known, Named
from services.ingest.remembered import guid_field, read_known, read_named, write_known, write_named
from services.ingest.revise import Remembered

_MOST, _LARGEST, _ASKED = 200, 2_000_000, 2_000

# KEYS: the stream, the turns of polls, then the buckets of each article, its guid and its new address. ARGV: the
# payload's field name, the feed ('' for none), the turn of its poll, the mark that must be there as turn and step, the
# mark of this step, then per article: field, expected value ('' for
# none), new value, event ('' for none); the guid's field ('' for none), expected and new value; the new address's field
# ('' for none), expected and new value. Answers per article: 1 where all is as it should be, or else the value that
# stands under the article; 'overtaken' where a later poll has published, 'lost' where the broker has no such past.
_WRITE = (
    HAS_MARK
    + """
if ARGV[2] ~= '' then
  local turn = tonumber(ARGV[3])
  local told = redis.call('HMGET', KEYS[2], ARGV[2], ARGV[2] .. ' published', ARGV[2] .. ' mark')
  if turn < tonumber(told[2] or 0) then return 'overtaken' end
  if turn > tonumber(told[1] or 0) or not has_mark(told[3], ARGV[4], ARGV[5]) then return 'lost' end
  redis.call('HSET', KEYS[2], ARGV[2] .. ' published', turn, ARGV[2] .. ' mark', ARGV[6])
end
local answers = {}
for n = 1, (#KEYS - 2) / 3 do
  local article, guid, address = KEYS[n * 3], KEYS[n * 3 + 1], KEYS[n * 3 + 2]
  local at = 7 + (n - 1) * 10
  local field, expected, new, event = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  local current = redis.call('HGET', article, field) or ''
  local agreed = current == expected
  for _, other in ipairs({{guid, at + 4}, {address, at + 7}}) do
    local name = ARGV[other[2]]
    if name ~= '' then
      local stands = redis.call('HGET', other[1], name) or ''
      agreed = agreed and (stands == ARGV[other[2] + 1] or stands == ARGV[other[2] + 2])
    end
  end
  if agreed then
    if event ~= '' then
      redis.call('XADD', KEYS[1], '*', ARGV[1], event)
      redis.call('HSET', article, field, new)
    end
    if ARGV[at + 4] ~= '' then redis.call('HSET', guid, ARGV[at + 4], ARGV[at + 6]) end
    if ARGV[at + 7] ~= '' then redis.call('HSET', address, ARGV[at + 7], ARGV[at + 9]) end
    answers[n] = 1
  elseif event ~= '' and current == new then
    answers[n] = 1
  else
    answers[n] = current
  end
end
return answers
"""
)


@dataclass(frozen=True, slots=True)
class GuidChange:
    """What is remembered of a guid in a feed, before and after."""

    feed: UUID
    guid: str
    before: Named | None
    after: Named


@dataclass(frozen=True, slots=True)
class Change:
    """An event about an article, and what is remembered before and after it; without event of its guid alone.

    `address` is the id of a new address, under which the article is to be found from now on.
    """

    article: UUID
    before: Remembered | None
    after: Remembered | None
    event: bytes | None
    guid: GuidChange | None = None
    address: UUID | None = None


class Memory:
    """The articles that were published to `stream`."""

    def __init__(self, redis: Redis, prefix: str, stream: str) -> None:
        self._redis, self._prefix, self._stream = redis, prefix, stream
        self._script = redis.register_script(_WRITE)

    async def recall(self, articles: Sequence[UUID]) -> list[Known]:
        """What is remembered under each id, in the same order."""
        values = await self._look_up((self._bucket(article), article.bytes) for article in articles)
        return [read_known(value) for value in values]

    async def recall_guids(self, feed: UUID, guids: Sequence[str]) -> list[Named | None]:
        """What is remembered of each in that feed, in the same order."""
        fields = [guid_field(feed, guid) for guid in guids]
        return [read_named(value) for value in await self._look_up((self._guid_bucket(one), one) for one in fields)]

    async def _look_up(self, places: Iterable[tuple[str, bytes]]) -> list[bytes | None]:
        """By key and field. Many are asked for in several turns, between which others have theirs."""
        found: list[bytes | None] = []
        rest = iter(places)
        while asked := list(islice(rest, _ASKED)):
            async with self._redis.pipeline(transaction=False) as pipeline:
                for key, field in asked:
                    pipeline.hget(key, field)
                found += await pipeline.execute()
        return found

    async def write(self, changes: Sequence[Change], fence: Fence | None = None) -> dict[UUID, Known]:
        """Publish and remember. Those that were forestalled are answered, with what is remembered now.

        Raises `Overtaken` or `LostPast` where a `fence` says so.
        """
        conflicts: dict[UUID, Known] = {}
        for chunk in _chunks(changes):
            keys: list[str] = []
            args: list[bytes] = []
            for change in chunk:
                own, field, event = self._bucket(change.article), change.article.bytes, change.event or b""
                args += (field, write_known(change.before), write_known(change.after), event)
                guid_bucket, guid_args = self._of_guid(change.guid) if change.guid else (own, [b""] * 3)
                address_bucket, address_args = own, [b""] * 3
                if change.address:
                    address_bucket = self._bucket(change.address)
                    address_args = [change.address.bytes, b"", write_known(change.article)]
                keys += (own, guid_bucket, address_bucket)
                args += (*guid_args, *address_args)
            answers = await self._write(keys, args, fence)
            for change, answer in zip(chunk, answers, strict=True):
                if isinstance(answer, bytes):
                    conflicts[change.article] = read_known(answer)
        return conflicts

    async def _write(self, keys: list[str], args: list[bytes], fence: Fence | None) -> list[int | bytes]:
        if fence is None:
            answers = await self._script(keys=[self._stream, self._stream, *keys], args=[PAYLOAD, *[b""] * 5, *args])
            return cast("list[int | bytes]", answers)
        mark = fence.next_mark
        asked = (str(fence.feed), fence.turn, *fence.mark, f"{mark[0]}:{mark[1]}")
        answers = await self._script(keys=[self._stream, fence.turns, *keys], args=[PAYLOAD, *asked, *args])
        if answers == b"overtaken":
            raise Overtaken
        if answers == b"lost":
            raise LostPast
        fence.mark = mark
        return cast("list[int | bytes]", answers)

    def _of_guid(self, change: GuidChange) -> tuple[str, list[bytes]]:
        field = guid_field(change.feed, change.guid)
        return self._guid_bucket(field), [field, write_named(change.before), write_named(change.after)]

    def _bucket(self, article: UUID) -> str:
        return f"{self._prefix}:ingest:memory:{article.hex[:3]}"

    def _guid_bucket(self, field: bytes) -> str:
        return f"{self._prefix}:ingest:guids:{field.hex()[:3]}"


def _chunks(changes: Sequence[Change]) -> list[list[Change]]:
    """Short enough that the script never keeps others waiting for long."""
    chunks: list[list[Change]] = []
    size = 0
    for change in changes:
        if not chunks or size + len(change.event or b"") > _LARGEST or len(chunks[-1]) >= _MOST:
            chunks.append([])
            size = 0
        chunks[-1].append(change)
        size += len(change.event or b"")
    return chunks
