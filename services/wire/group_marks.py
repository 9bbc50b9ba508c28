"""What a group had settled, kept beside it: so that one that vanished while its stream stayed goes on where it was.

An operator may destroy a group. Made again at the stream's beginning it would be given everything once more, and what
comes of that would stand twice in the next stream. So each step that settles something also writes down, atomically,
how the group stands then: the last entry that it was given, and those of them that were pending. All that it is given
later lies behind that, and nothing of it can be settled without another such note. A group that is made again from its
last note lacks nothing and settles nothing twice.

Note and stream are in one server, whose replicas and files have both as of one moment. A note that is ahead of its
stream is of another stream, which was lost, and is not believed.
"""

from typing import cast

from redis.asyncio import Redis
from redis.commands.core import AsyncScript

_MOST = 1_000
"""Pending entries that are noted one by one. Of more only the first is, and what was settled behind it comes again."""
LONG_AGO_MS = 86_400_000
"""For how long entries look left behind that are to be taken up at once."""

NOTE = f"""
local function note(marks, stream, group)
  local groups = redis.pcall('XINFO', 'GROUPS', stream)
  if groups.err then return end
  for _, about in ipairs(groups) do
    local told = {{}}
    for i = 1, #about, 2 do told[about[i]] = about[i + 1] end
    if told['name'] == group then
      local mark = {{told['last-delivered-id']}}
      if told['pending'] > {_MOST} then
        local ms, seq = string.match(redis.call('XPENDING', stream, group)[2], '(%d+)-(%d+)')
        if seq ~= '0' then
          mark = {{ms .. '-' .. string.format('%.0f', seq - 1)}}
        else
          mark = {{string.format('%.0f', ms - 1) .. '-18446744073709551615'}}
        end
      elseif told['pending'] > 0 then
        for i, entry in ipairs(redis.call('XPENDING', stream, group, '-', '+', {_MOST})) do mark[i + 1] = entry[1] end
      end
      redis.call('HSET', marks, stream .. ' ' .. group, table.concat(mark, ' '))
      return
    end
  end
end
"""
"""`note(marks, stream, group)` in Lua, for scripts to call when they have settled. Where there is no such group
it does nothing."""

# KEYS: the stream, the marks. ARGV: the group, whether to drop what is settled, the entries.
_SETTLE = f"""{NOTE}
local settled = 0
for i = 3, #ARGV do
  settled = settled + redis.call('XACK', KEYS[1], ARGV[1], ARGV[i])
  if ARGV[2] == 'drop' then redis.call('XDEL', KEYS[1], ARGV[i]) end
end
if settled > 0 then note(KEYS[2], KEYS[1], ARGV[1]) end
return settled
"""

# KEYS: the stream, the marks. ARGV: the group, a consumer, for how many ms what it is given looks left behind.
# Answers from where the group was made; nothing where there was one.
_BRING_BACK = """
local groups = redis.pcall('XINFO', 'GROUPS', KEYS[1])
if not groups.err then
  for _, about in ipairs(groups) do
    for i = 1, #about, 2 do if about[i] == 'name' and about[i + 1] == ARGV[1] then return '' end end
  end
end
local function is_after(left, right)
  local left_ms, left_seq = string.match(left, '(%d+)-(%d+)')
  local right_ms, right_seq = string.match(right, '(%d+)-(%d+)')
  if left_ms ~= right_ms then return tonumber(left_ms) > tonumber(right_ms) end
  return tonumber(left_seq) > tonumber(right_seq)
end
local field, start, pending = KEYS[1] .. ' ' .. ARGV[1], '0', {}
local mark = redis.call('HGET', KEYS[2], field)
if mark then
  local last = '0-0'
  if not groups.err then
    local about = redis.call('XINFO', 'STREAM', KEYS[1])
    for i = 1, #about, 2 do if about[i] == 'last-generated-id' then last = about[i + 1] end end
  end
  for id in string.gmatch(mark, '%S+') do
    if start == '0' then start = id else pending[#pending + 1] = id end
  end
  if is_after(start, last) then
    redis.call('HDEL', KEYS[2], field)
    start, pending = '0', {}
  end
end
redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], start, 'MKSTREAM')
if #pending > 0 then
  local claim = {'XCLAIM', KEYS[1], ARGV[1], ARGV[2], '0'}
  for _, id in ipairs(pending) do claim[#claim + 1] = id end
  for _, word in ipairs({'IDLE', ARGV[3], 'RETRYCOUNT', '1', 'FORCE', 'JUSTID'}) do claim[#claim + 1] = word end
  redis.call(unpack(claim))
end
return start
"""


class GroupMarks:
    """The one module that knows their key. Everything raises `RedisError`."""

    def __init__(self, redis: Redis, prefix: str) -> None:
        self.key = f"{prefix}:groups:marks"
        self._settle: AsyncScript = redis.register_script(_SETTLE)
        self._bring_back: AsyncScript = redis.register_script(_BRING_BACK)

    async def settle(self, stream: str, group: str, *entries: str, drop: bool = False) -> int:
        """Acknowledge entries, and with `drop` take them off the stream. How many had not been settled before."""
        return int(await self._settle(keys=[stream, self.key], args=[group, "drop" if drop else "", *entries]))

    async def bring_back(self, stream: str, group: str, consumer: str) -> str | None:
        """Make the group as it was last noted, with what was pending in the hands of `consumer`; at the stream's
        beginning where nothing is noted, or nothing that can be believed. After which entry it goes on; None where the
        group is there."""
        args: list[str | int] = [group, consumer, LONG_AGO_MS]
        start = cast(bytes, await self._bring_back(keys=[stream, self.key], args=args)).decode()
        return start or None
