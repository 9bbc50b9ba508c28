"""Three sentinels, a primary and two replicas."""

import asyncio
from pathlib import Path

from redis.exceptions import RedisError

from tests.brokers.node import Node, kept, quiet_port

NAME = "dateline"


class Trio:
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
        """With `min_replicas` a primary takes nothing while fewer of its replicas have answered in the last 2 s. The
        password is that of the sentinels as well."""
        settings = kept(fsync) | {"min-replicas-to-write": str(min_replicas), "min-replicas-max-lag": "2"}
        if password:
            settings |= {"requirepass": password, "masterauth": password}
        first = quiet_port()
        self.nodes = [
            Node(
                folder / f"node-{index}",
                settings | ({"replicaof": f"127.0.0.1 {first}"} if index else {}),
                port=None if index else first,
                password=password,
                binary=binary,
            )
            for index in range(3)
        ]
        watch = {
            f"sentinel monitor {NAME}": f"127.0.0.1 {first} 2",
            f"sentinel down-after-milliseconds {NAME}": str(down_after_ms),
            f"sentinel failover-timeout {NAME}": str(4 * down_after_ms),
        }
        if password:
            watch |= {
                f"sentinel auth-pass {NAME}": password,
                "requirepass": password,
                "sentinel sentinel-pass": password,
            }
        self.sentinels = [
            Node(folder / f"sentinel-{index}", watch, password=password, is_sentinel=True, binary=binary)
            for index in range(3)
        ]
        secret, login = (f":{password}@", f"&sentinel_password={password}") if password else ("", "")
        self.url = f"redis+sentinel://{secret}{','.join(node.address for node in self.sentinels)}/{NAME}?db=0{login}"

    async def start(self) -> None:
        """Start what does not run, and wait until the sentinels know each other and two replicas that are up."""
        for node in (*self.nodes, *self.sentinels):
            if not node.is_running:
                await node.start()
        async with asyncio.timeout(60):
            while not await self._is_whole():
                await asyncio.sleep(0.05)

    async def kill(self) -> None:
        for node in (*self.sentinels, *self.nodes):
            await node.kill()

    async def primary(self, within_s: float = 60.0) -> Node:
        """The node that the sentinels send clients to and that takes writes, as soon as there is one."""
        async with asyncio.timeout(within_s):
            while (found := await self._primary()) is None:
                await asyncio.sleep(0.05)
        return found

    async def failover(self) -> None:
        """Ask for one, as an operator does. It is refused while another is under way, or where no replica is fit."""
        await self.sentinels[0].ask("SENTINEL FAILOVER", NAME)

    async def _primary(self) -> Node | None:
        for sentinel in self.sentinels:
            try:
                _host, port = await sentinel.ask("SENTINEL GET-MASTER-ADDR-BY-NAME", NAME)
                named = next(node for node in self.nodes if node.port == int(port))
                if await named.is_primary():
                    return named
            except (RedisError, OSError):
                continue
        return None

    async def _is_whole(self) -> bool:
        for sentinel in self.sentinels:
            told = await sentinel.ask("SENTINEL MASTER", NAME)
            if (int(told["num-other-sentinels"]), int(told["num-slaves"])) != (2, 2):
                return False
        states = [await node.ask("INFO", "replication") for node in self.nodes]
        return sorted(state.get("master_link_status", "") for state in states) == ["", "up", "up"]
