"""Which languages this process owns. An owner that fell silent loses them; another takes them within seconds."""

import asyncio
from typing import cast
from uuid import uuid4

from redis.asyncio import Redis

from services.enrich.stories.engine import UNKNOWN
from services.enrich.story_owner.keys import Keys
from services.enrich.story_owner.reached import Reached

LEASE_MS = 8_000
"""How long a language stays with an owner that does not renew its lease. Owners give way to all other work, and where
there is too much of it they would take the languages from each other with half of that."""

# KEYS: owners, reached. ARGV: token, duration in ms, the language that is always known. Takes what nobody owns and
# renews what is held, by the clock of Redis; answers all languages that are now held.
_HOLD = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('HKEYS', KEYS[2])
known[#known + 1] = ARGV[3]
local held = {}
for _, language in ipairs(known) do
  local token, ends = string.match(redis.call('HGET', KEYS[1], language) or '', '^(%S+) (%S+)$')
  if not token or token == ARGV[1] or tonumber(ends) <= now then
    redis.call('HSET', KEYS[1], language, ARGV[1] .. ' ' .. string.format('%.0f', now + tonumber(ARGV[2])))
    held[#held + 1] = language
  end
end
return held
"""
# KEYS: owners. ARGV: token, languages.
_RELEASE = """
for i = 2, #ARGV do
  if string.match(redis.call('HGET', KEYS[1], ARGV[i]) or '', '^%S+') == ARGV[1] then
    redis.call('HDEL', KEYS[1], ARGV[i])
  end
end
"""
# KEYS: owners, reached. ARGV: token, duration, language, reached. A language that was not known becomes the caller's.
_REGISTER = """
local owner = string.match(redis.call('HGET', KEYS[1], ARGV[3]) or '', '^%S+')
if redis.call('HSETNX', KEYS[2], ARGV[3], ARGV[4]) == 0 and owner ~= ARGV[1] then return 0 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[1], ARGV[3], ARGV[1] .. ' ' .. string.format('%.0f', now + tonumber(ARGV[2])))
return 1
"""


class Leases:
    """The claims of one owner, known by its token. Everything raises `RedisError`.

    The token is not to be guessed and never used again, so that an owner that was asleep for long, or writes to a
    Redis that lost its data, is told from the one of now.
    """

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self.token = uuid4().hex
        self._mine: set[str] = set()
        self._one_at_a_time = asyncio.Lock()
        self._keys = [keys.owners, keys.reached]
        self._hold, self._release, self._register = (
            redis.register_script(text) for text in (_HOLD, _RELEASE, _REGISTER)
        )

    async def hold(self) -> tuple[set[str], set[str]]:
        """Renew what is held and take what nobody owns. Answers which languages were gained and which lost."""
        async with self._one_at_a_time:
            answer = await self._hold(keys=self._keys, args=[self.token, LEASE_MS, UNKNOWN])
            held = {language.decode() for language in cast("list[bytes]", answer)}
            gained, lost = held - self._mine, self._mine - held
            self._mine = held
            return gained, lost

    async def register(self, language: str, reached: Reached) -> bool:
        """Make a language known that comes for the first time after `reached`, and own it. Answers whether it was not
        known."""
        async with self._one_at_a_time:
            args: list[str | int] = [self.token, LEASE_MS, language, str(reached)]
            if not await self._register(keys=self._keys, args=args):
                return False
            self._mine.add(language)
            return True

    def lose(self, language: str) -> None:
        """Somebody else was found to own it."""
        self._mine.discard(language)

    async def release(self) -> None:
        if self._mine:
            await self._release(keys=self._keys[:1], args=[self.token, *sorted(self._mine)])
