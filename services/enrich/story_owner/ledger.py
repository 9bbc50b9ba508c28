"""What owners write, and what they find when they begin: each step all or nothing, and only by who holds the lease."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, cast

from redis.asyncio import Redis

from services.contracts.registry import StoryCommand, UnreadableEvent, read_event
from services.contracts.streams import PAYLOAD
from services.enrich.story_owner.edits import Edit
from services.enrich.story_owner.keys import Keys
from services.enrich.story_owner.language import Output
from services.enrich.story_owner.reached import Reached
from services.wire.entry_ids import entry_id

Outcome = Literal["written", "lost", "astray"]

# KEYS: owners, reached, saved, edits, enrichments, quarantine. ARGV: token, payload's field, then of each language its
# name, how far it had come, how far it has come now, whether it is as it was saved ('1'), the number of outputs, and of
# each output its kind, name and payload. Answers for each language: 1 written, now or by an earlier try; 0 the lease is
# lost; -1 it has not come as far as the caller thinks.
_COMMIT = """
local answers, i = {}, 3
while i <= #ARGV do
  local language, expected, now, clean, outputs = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], tonumber(ARGV[i + 4])
  i = i + 5
  local reached = redis.call('HGET', KEYS[2], language) or '0-0 0-0'
  local owner = string.match(redis.call('HGET', KEYS[1], language) or '', '^%S+')
  local answer = 1
  if owner ~= ARGV[1] then answer = 0
  elseif reached == expected then
    for o = i, i + 3 * outputs - 3, 3 do
      if ARGV[o] == 'story' then redis.call('XADD', KEYS[5], '*', ARGV[2], ARGV[o + 2])
      elseif ARGV[o] == 'quarantined' then redis.call('XADD', KEYS[6], '*', ARGV[2], ARGV[o + 2])
      else redis.call('HSET', KEYS[4], ARGV[o + 1], ARGV[o + 2]) end
    end
    redis.call('HSET', KEYS[2], language, now)
    if clean == '1' then
      local length = string.match(redis.call('HGET', KEYS[3], language) or '- - 0', '%S+$')
      redis.call('HSET', KEYS[3], language, now .. ' ' .. length)
    end
  elseif reached ~= now then answer = -1 end
  i = i + 3 * outputs
  answers[#answers + 1] = answer
end
return answers
"""
# KEYS: owners, saved, the snapshot. ARGV: token, language, how far it had come, bytes.
_SAVE = """
if string.match(redis.call('HGET', KEYS[1], ARGV[2]) or '', '^%S+') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[3], ARGV[4])
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3] .. ' ' .. #ARGV[4])
return 1
"""
_OUTCOMES: dict[int, Outcome] = {1: "written", 0: "lost", -1: "astray"}


class Work(NamedTuple):
    """What one language did between two positions. `clean`: its engine is as it was saved."""

    language: str
    before: Reached
    after: Reached
    clean: bool
    outputs: Sequence[Output] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """Where a language stands. Without `saved` its engine begins anew; with it and without `snapshot` it is empty. A
    snapshot that is lost, or that stands for more than what was reached, is none. `edits` are all that editors said."""

    reached: Reached
    saved: Reached | None
    snapshot: bytes | None
    edits: tuple[Edit, ...]


class Ledger:
    """Everything raises `RedisError`."""

    def __init__(self, redis: Redis, keys: Keys, token: str) -> None:
        self._redis, self._keys, self._token = redis, keys, token
        self._commit, self._save = redis.register_script(_COMMIT), redis.register_script(_SAVE)

    async def began(self) -> int:
        """The moment, in ms, from which on all that was enriched has been read: that of the first entry there was."""
        first = cast("list[tuple[bytes, Any]]", await self._redis.xrange(self._keys.streams.enrichments, count=1))
        moment = entry_id(first[0][0])[0] if first else int((await self._redis.time())[0]) * 1000
        await self._redis.set(self._keys.began, moment, nx=True)
        return int(cast("bytes | None", await self._redis.get(self._keys.began)) or moment)

    async def known(self) -> dict[str, Reached]:
        """All languages, and how far each has come."""
        fields = cast("dict[bytes, bytes]", await cast(Any, self._redis.hgetall(self._keys.reached)))
        return {language.decode(): Reached.read(reached.decode()) for language, reached in fields.items()}

    async def find(self, language: str) -> Found:
        keys = self._keys
        async with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.hget(keys.reached, language)
            pipeline.hget(keys.saved, language)
            pipeline.get(keys.snapshot(language))
            pipeline.hgetall(keys.edits)
            reached_, saved_, snapshot, edits_ = await pipeline.execute()
        reached = Reached.read(reached_.decode()) if reached_ else Reached()
        edits = tuple(sorted(_edit(name, payload) for name, payload in edits_.items() if _is_of(name, language)))
        if saved_ is None:
            return Found(reached, None, None, edits)
        words = saved_.decode().rpartition(" ")
        saved, length = Reached.read(words[0]), int(words[2])
        if saved.position > reached.position or len(snapshot or b"") != length:
            return Found(reached, None, None, edits)
        return Found(reached, saved, snapshot, edits)

    async def commit(self, works: Sequence[Work]) -> dict[str, Outcome]:
        """Write what came of each language, with how far it has come by that; each all or nothing."""
        keys, args = self._keys, cast("list[str | bytes | int]", [self._token, PAYLOAD])
        for work in works:
            args += (work.language, str(work.before), str(work.after), int(work.clean), len(work.outputs))
            for output in work.outputs:
                args += output
        names = [keys.owners, keys.reached, keys.saved, keys.edits, keys.streams.enrichments, keys.streams.quarantine]
        answers = cast("list[int]", await self._commit(keys=names, args=args))
        return {work.language: _OUTCOMES[answer] for work, answer in zip(works, answers, strict=True)}

    async def save(self, language: str, reached: Reached, snapshot: bytes) -> bool:
        """Keep an engine as it was at `reached`. Answers whether the lease was held."""
        keys = [self._keys.owners, self._keys.saved, self._keys.snapshot(language)]
        return bool(await self._save(keys=keys, args=[self._token, language, str(reached), snapshot]))

    async def needed(self) -> Reached | None:
        """From where on the streams must be kept; None where all of them must."""
        known = await self.known()
        fields = cast("dict[bytes, bytes]", await cast(Any, self._redis.hgetall(self._keys.saved)))
        saved = {language.decode(): text.decode().rpartition(" ")[0] for language, text in fields.items()}
        if not known or known.keys() - saved.keys():
            return None
        positions = [Reached.read(saved[language]).position for language in known]
        return Reached(min(positions), min(reached.cursor for reached in known.values()))


def _is_of(name: bytes, language: str) -> bool:
    return name.rpartition(b" ")[0].decode() == language


def _edit(name: bytes, journal: bytes) -> Edit:
    after, _, payload = journal.partition(b" ")
    command = read_event(payload)
    if not isinstance(command, StoryCommand):
        raise UnreadableEvent(f"{command.type} is nothing that an editor says of stories")
    return Edit(entry_id(after), entry_id(name.rpartition(b" ")[2]), command)
