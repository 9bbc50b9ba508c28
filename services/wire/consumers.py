"""Names in a group of replicas that are gone: taken off, but never with what they still hold."""

import logging
from typing import cast

from redis.asyncio import Redis

logger = logging.getLogger(__name__)

GONE_MS = 3_600_000
"""A replica that reads asks every second; one that has not for an hour is gone, or silent for longer than a pause."""

# To look and to remove are one step: a consumer that is removed takes with it what it was delivered meanwhile, and
# nobody would ever be delivered that again. A replica that comes back later is made anew by its first reading.
# KEYS: the stream. ARGV: the group, who asks, for how many ms nothing was heard of those who are gone.
_REMOVE = """
local removed = {}
for _, told in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local about = {}
  for i = 1, #told, 2 do about[told[i]] = told[i + 1] end
  if about['name'] ~= ARGV[2] and about['pending'] == 0 and about['idle'] >= tonumber(ARGV[3]) then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], about['name'])
    removed[#removed + 1] = about['name']
  end
end
return removed
"""


async def remove_gone(redis: Redis, stream: str, group: str, own: str, gone_ms: int = GONE_MS) -> list[str]:
    """Remove the consumers that hold nothing and were not heard of for so long. Raises `RedisError`."""
    removed = cast("list[bytes]", await redis.eval(_REMOVE, 1, stream, group, own, str(gone_ms)))
    names = [name.decode() for name in removed]
    if names:
        logger.info("%s: consumers that are gone and held nothing were removed: %s", group, ", ".join(names))
    return names
