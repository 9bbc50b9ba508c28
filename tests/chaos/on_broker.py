"""Harm to one server and to the line that leads to it."""

import asyncio
import signal
from collections.abc import Callable

from redis.asyncio import Redis

from tests.chaos.broker import Broker
from tests.chaos.plan import LOSSES, OF_BROKER, Fault
from tests.chaos.proxy import Proxy


class OnBroker:
    kinds = frozenset((*OF_BROKER, *LOSSES.values()))

    def __init__(self, broker: Broker, line: Proxy, say: Callable[[str], None]) -> None:
        self._broker, self._line, self._say = broker, line, say
        self._of_broker, self._of_line = asyncio.Lock(), asyncio.Lock()

    async def inflict(self, fault: Fault) -> None:
        match fault.kind.removeprefix("broker "):
            case ("unreachable" | "silent" | "slow" | "cut") as how:
                async with self._of_line:
                    await self._break_line(how, fault)
            case how:
                async with self._of_broker:
                    await self._harm(how, fault)

    async def _harm(self, how: str, fault: Fault) -> None:
        match how:
            case "restart" | "kill" | "tail cut":
                await self._end(how, fault)
            case "pause":
                self._broker.send(signal.SIGSTOP)
                await asyncio.sleep(fault.lasts_s)
                self._broker.send(signal.SIGCONT)
            case "full":
                await self._fill_memory(fault.lasts_s)
            case "disk full":
                await self._fill_disk(fault.lasts_s)
            case "flush":
                async with Redis.from_url(self._broker.url) as redis:
                    await redis.flushall()
            case _:
                raise ValueError(f"there is no fault {fault.kind!r}")

    async def _end(self, how: str, fault: Fault) -> None:
        if how == "restart":
            await self._broker.terminate()
        else:
            await self._broker.kill()
        if how == "kill" and fault.size < 0.5:
            self._broker.leave_half_a_command()
        elif how == "tail cut":
            self._say(f"{self._broker.cut_tail(fault.size)} bytes were lost")
        await asyncio.sleep(fault.lasts_s)
        await self._broker.start()

    async def _fill_memory(self, lasts_s: float) -> None:
        async with Redis.from_url(self._broker.url) as redis:
            await redis.config_set("maxmemory-policy", "noeviction")
            await redis.config_set("maxmemory", "1mb")
            await asyncio.sleep(lasts_s)
            await redis.config_set("maxmemory", "0")

    async def _fill_disk(self, lasts_s: float) -> None:
        """It refuses writes from then on, or ends where it must not answer before it has written (`always`)."""
        self._broker.bound_files(small=True)
        await asyncio.sleep(lasts_s)
        if self._broker.is_running:
            self._broker.bound_files(small=False)
        else:
            self._say("it ended")
            await self._broker.start()

    async def _break_line(self, how: str, fault: Fault) -> None:
        line = self._line
        if how == "unreachable":
            line.refusing = True
            line.hang_up()
            await asyncio.sleep(fault.lasts_s)
            line.refusing = False
        elif how == "silent":
            line.silent = True
            await asyncio.sleep(fault.lasts_s)
            if fault.size < 0.5:
                line.hang_up()
            line.silent = False
        elif how == "slow":
            line.delay_s = 0.02 + 0.1 * fault.size
            await asyncio.sleep(fault.lasts_s)
            line.delay_s = 0.0
        else:
            await line.keep_cutting(fault.lasts_s)
