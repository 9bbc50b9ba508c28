"""A cluster of three primaries, each with a replica."""

import asyncio
from pathlib import Path

from redis.crc import key_slot
from redis.exceptions import RedisError, ResponseError

from tests.brokers.node import Node, kept, quiet_port

PREFIX = "{dateline}"
"""What keys begin with, so that all of a wire are in one slot."""
_SLOTS = 16_384


class Cluster:
    """Not running until `start`; `kill` ends all. `url` is what services are told."""

    def __init__(
        self,
        folder: Path,
        fsync: str = "everysec",
        *,
        down_after_ms: int = 1500,
        password: str | None = None,
        min_replicas: int = 0,
        binary: str | None = None,
    ) -> None:
        """With `min_replicas` a primary takes nothing while fewer of its replicas have answered in the last 2 s."""
        settings = kept(fsync) | {
            "cluster-enabled": "yes", "cluster-node-timeout": str(down_after_ms),
            "cluster-replica-validity-factor": "0",
            "min-replicas-to-write": str(min_replicas), "min-replicas-max-lag": "2",
        }  # fmt: skip
        if password:
            settings |= {"requirepass": password, "masterauth": password}
        buses = [quiet_port() for _ in range(6)]
        self._first_bus = buses[0]
        self.nodes = [
            Node(folder / f"node-{index}", settings | {"cluster-port": str(bus)}, password=password, binary=binary)
            for index, bus in enumerate(buses)
        ]
        self._is_built = False
        secret = f":{password}@" if password else ""
        self.url = f"redis+cluster://{secret}{','.join(node.address for node in self.nodes)}"

    async def start(self) -> None:
        """Start what does not run, and wait until every node says that the cluster is well and replicas are up."""
        await asyncio.gather(*(node.start() for node in self.nodes if not node.is_running))
        if not self._is_built:
            await self._build()
            self._is_built = True
        async with asyncio.timeout(60):
            while not all([await self._is_well(node) for node in self.nodes]):
                await asyncio.sleep(0.05)

    async def kill(self) -> None:
        for node in self.nodes:
            await node.kill()

    async def primary(self, key: str = PREFIX, within_s: float = 60.0) -> Node:
        """The node that takes writes to the slot of `key`, as soon as there is one."""
        slot = key_slot(key.encode())
        async with asyncio.timeout(within_s):
            while (found := await self._primary(slot)) is None:
                await asyncio.sleep(0.05)
        return found

    async def failover(self, key: str = PREFIX) -> None:
        """Ask a replica of the slot's primary to take over, as an operator does."""
        primary = await self.primary(key)
        own, listed = await primary.ask("CLUSTER MYID"), await primary.ask("CLUSTER NODES")
        replicas = {address for address, told in listed.items() if told["master_id"] == own and told["connected"]}
        chosen = next(node for node in self.nodes if node.address in replicas)
        await chosen.ask("CLUSTER FAILOVER")

    async def _build(self) -> None:
        for index, node in enumerate(self.nodes):
            await node.ask("CLUSTER SET-CONFIG-EPOCH", index + 1)
            if index < 3:
                first, last = index * _SLOTS // 3, (index + 1) * _SLOTS // 3 - 1
                await node.ask("CLUSTER ADDSLOTSRANGE", first, last)
            await node.ask("CLUSTER MEET", "127.0.0.1", self.nodes[0].port, self._first_bus)
        for replica, primary in zip(self.nodes[3:], self.nodes[:3], strict=True):
            own = await primary.ask("CLUSTER MYID")
            async with asyncio.timeout(60):
                while not await self._follows(replica, own):
                    await asyncio.sleep(0.05)

    async def _follows(self, replica: Node, primary_id: str) -> bool:
        try:
            await replica.ask("CLUSTER REPLICATE", primary_id)
        except ResponseError:  # it has not heard of that node yet
            return False
        return True

    async def _is_well(self, node: Node) -> bool:
        told, replication = await node.ask("CLUSTER INFO"), await node.ask("INFO", "replication")
        is_up = replication["role"] == "master" or replication["master_link_status"] == "up"
        return is_up and told["cluster_state"] == "ok" and int(told["cluster_known_nodes"]) == len(self.nodes)

    async def _primary(self, slot: int) -> Node | None:
        for node in self.nodes:
            try:
                if not node.is_running or (await node.ask("CLUSTER INFO"))["cluster_state"] != "ok":
                    continue
                own = next(told for told in (await node.ask("CLUSTER NODES")).values() if "myself" in told["flags"])
            except (RedisError, OSError):
                continue
            if "master" in own["flags"] and any(int(first) <= slot <= int(last) for first, last in own["slots"]):
                return node
        return None
