"""A trio with sentinels or a cluster as the broker of a round, and the harm that is done to its servers."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import RedisError

from tests.brokers.cluster import PREFIX, Cluster
from tests.brokers.node import Node
from tests.brokers.trio import Trio
from tests.chaos.plan import OF_NODES, Fault, Plan

_ASK_S = 30.0
_WHOLE_S = 90.0


class Nodes:
    """`servers` may be asked who is the primary; the others follow it or, in the cluster, have other slots."""

    kinds = frozenset(OF_NODES)

    def __init__(self, folder: Path, plan: Plan, say: Callable[[str], None]) -> None:
        is_cluster = plan.broker == "cluster"
        self.servers: Trio | Cluster = (Cluster if is_cluster else Trio)(folder, plan.fsync)
        self.prefix = PREFIX if is_cluster else "dateline"
        self.url = self.servers.url
        self._say = say
        self._one_at_a_time = asyncio.Lock()

    async def start(self) -> None:
        await self.servers.start()

    async def kill(self) -> None:
        await self.servers.kill()

    async def where(self) -> str:
        return (await self.servers.primary()).url

    async def inflict(self, fault: Fault) -> None:
        """One after the other, and only where all servers are up and follow: two at a time are more than three bear."""
        async with self._one_at_a_time:
            primary = await self.servers.primary()
            self._say(f"{primary.address} is the primary")
            match fault.kind:
                case "primary kill":
                    await self._kill(primary, fault.lasts_s)
                case "primary pause":
                    primary.pause()
                    await asyncio.sleep(fault.lasts_s)
                    primary.resume()
                case "failover":
                    await self._fail_over()
                case "node kill":
                    others = [node for node in self._all() if node is not primary]
                    await self._kill(others[int(fault.size * len(others))], fault.lasts_s)
                case "primary full":
                    await _fill(primary, fault.lasts_s)
            await self._make_whole()

    async def _make_whole(self) -> None:
        async with asyncio.timeout(_WHOLE_S):
            while True:
                try:
                    return await self.servers.start()
                except (RedisError, OSError) as error:  # one that is just changing its role hangs up
                    self._say(f"not whole yet: {error}")
                await asyncio.sleep(0.5)

    def _all(self) -> list[Node]:
        return [*self.servers.nodes, *(self.servers.sentinels if isinstance(self.servers, Trio) else ())]

    async def _kill(self, node: Node, away_s: float) -> None:
        await node.kill()
        await asyncio.sleep(away_s)
        await node.start()

    async def _fail_over(self) -> None:
        """Asked for again where it is refused for now; it is over when another server is the primary."""
        before = await self.servers.primary()
        async with asyncio.timeout(_ASK_S):
            while await self.servers.primary() is before:
                try:
                    await self.servers.failover()
                except (RedisError, OSError) as error:
                    self._say(f"the failover is refused: {error}")
                await asyncio.sleep(1.0)


async def _fill(node: Node, lasts_s: float) -> None:
    async with Redis.from_url(node.url) as redis:
        await redis.config_set("maxmemory", "1mb")
        await asyncio.sleep(lasts_s)
        await redis.config_set("maxmemory", "0")
