"""Since when a setup is in use (the rules, the steps that are switched off), as all replicas have it.

Who begins with another setup than the one that was begun with last says so, and is given the moment; nobody says it
with each article, so that replicas that are set up differently for a while do not take turns. It is kept in Redis.
"""

from collections.abc import Sequence

from redis.asyncio import Redis

from services.contracts.enrichments import Enrichment, Setup
from services.contracts.streams import StreamNames

# KEYS: the hash. ARGV: digest, the least moment, '1' to begin anew in any case. The moment is that of the server's
# clock, but always later than the one before.
_BEGIN = """
local digest, since = unpack(redis.call('HMGET', KEYS[1], 'digest', 'since'))
since = tonumber(since or '0')
if digest == ARGV[1] and ARGV[3] ~= '1' and since >= tonumber(ARGV[2]) then return string.format('%.0f', since) end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
since = string.format('%.0f', math.max(now, since + 1, tonumber(ARGV[2])))
redis.call('HSET', KEYS[1], 'digest', ARGV[1], 'since', since)
return since
"""


class Setups:
    """What one process is set up with. Everything raises `RedisError`."""

    def __init__(self, redis: Redis, names: StreamNames) -> None:
        self._key = f"{names.prefix}:enrich:setup"
        self._begin = redis.register_script(_BEGIN)
        self._present: Setup | None = None

    async def begin(self, digest: str, *, least: int = 0, anew: bool = False) -> Setup:
        """The setup, with the moment from which on it is in use: not before `least`, in ms; now where it is `anew`."""
        since = int(await self._begin(keys=[self._key], args=[digest, least, int(anew)]))
        self._present = Setup(digest=digest, since=since)
        return self._present

    async def dated(self, found: Sequence[Enrichment]) -> list[Enrichment]:
        """The enrichments, each with the moment of the setup that it was made with."""
        dated = []
        for one in found:
            setup = one.setup
            if setup is not None:
                if self._present is None or self._present.digest != setup.digest:
                    await self.begin(setup.digest)
                one = one.model_copy(update={"setup": self._present})  # noqa: PLW2901
            dated.append(one)
        return dated
