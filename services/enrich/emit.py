"""Settling deliveries: acknowledgement and output in one atomic step, so that nothing is lost or comes twice.

The same step notes how the group stands, so that not even a destroyed group has anything enriched twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from redis.asyncio import Redis

from services.contracts.streams import PAYLOAD, StreamNames
from services.wire.group_marks import NOTE, GroupMarks

# Whoever acknowledges an entry first writes what came of it; for anyone later, such as the same script sent again
# after the answer was lost, XACK returns 0 and nothing is written. Needs nothing newer than Redis 7.0.
_SETTLE = f"""{NOTE}
local settled = 0
for i = 3, #ARGV, 3 do
  if redis.call('XACK', KEYS[1], ARGV[1], ARGV[i]) == 1 then
    settled = settled + 1
    if ARGV[i + 1] == 'enriched' then
      redis.call('XADD', KEYS[2], '*', ARGV[2], ARGV[i + 2])
    elseif ARGV[i + 1] == 'quarantined' then
      redis.call('XADD', KEYS[3], '*', ARGV[2], ARGV[i + 2])
    end
  end
end
if settled > 0 then note(KEYS[4], KEYS[1], ARGV[1]) end
return settled
"""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What is to become of one delivery; `payload` goes to the stream that `outcome` names, if it names one."""

    entry_id: str
    outcome: Literal["enriched", "quarantined", "acknowledged"]
    payload: bytes = b""


class Emitter:
    """Settles deliveries of one group on the stream of articles."""

    def __init__(self, redis: Redis, streams: StreamNames, group: str) -> None:
        marks = GroupMarks(redis, streams.prefix)
        self._keys = [streams.articles, streams.enrichments, streams.quarantine, marks.key]
        self._group = group
        self._settle = redis.register_script(_SETTLE)

    async def settle(self, settlements: Sequence[Settlement]) -> int:
        """Carry them out, all or none. Returns how many had not been settled before."""
        arguments: list[str | bytes] = [self._group, PAYLOAD]
        for settlement in settlements:
            arguments += settlement.entry_id, settlement.outcome, settlement.payload
        return int(await self._settle(keys=self._keys, args=arguments))
