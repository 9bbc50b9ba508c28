"""Does the harm that a plan asks for, and makes good again what lasts only for a time."""

import asyncio
import signal
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack

from redis.asyncio import Redis

from tests.chaos.broker import Broker
from tests.chaos.plan import Fault, Plan
from tests.chaos.processes import Service, faketime
from tests.chaos.proxy import Proxy

_INGEST_STEP_S, _STEP_S = 15.0, 3_600.0
"""How far a clock goes wrong at most. Replicas of ingest must agree on the time within what a feed may be late."""


class Nemesis:
    """`done` counts the faults that were injected, by kind; `log` tells of each when it was."""

    def __init__(self, services: dict[str, Service], broker: Broker, to_broker: Proxy, to_api: Proxy) -> None:
        self._services, self._broker, self._to_broker, self._to_api = services, broker, to_broker, to_api
        self._of_broker, self._of_line = asyncio.Lock(), asyncio.Lock()
        self.done: Counter[str] = Counter()
        self.log: list[str] = []

    async def carry_out(self, plan: Plan) -> None:
        """Returns when all is over and everything runs again."""
        begun, loop = asyncio.get_running_loop().time(), asyncio.get_running_loop()
        running: list[asyncio.Task[None]] = []
        for fault in plan.faults:
            if not fault.overlaps and running:
                await asyncio.wait(running)
            await asyncio.sleep(fault.after_s)
            self.log.append(f"{loop.time() - begun:6.1f} s  {fault.kind} {fault.victim} for {fault.lasts_s:g} s")
            running.append(asyncio.create_task(self._inflict(fault)))
        await asyncio.gather(*running)

    async def _inflict(self, fault: Fault) -> None:
        if fault.kind == "clock step" and not faketime():
            self.log.append("          (no faketime on this machine: the clock was left alone)")
            return
        self.done[fault.kind] += 1
        services = [self._services[fault.victim]] if fault.victim else list(self._services.values())
        match fault.kind.split():
            case ["kill", *_]:
                await self._end(services, signal.SIGKILL, fault.lasts_s)
            case ["terminate", *_]:
                await self._end(services, signal.SIGTERM, fault.lasts_s)
            case ["pause"]:
                await self._pause(services[0], fault.lasts_s)
            case ["disk", "full"]:
                await self._fill_disk(services[0], fault.lasts_s)
            case ["clock", "step"]:
                await self._step_clock(services[0], fault)
            case ["readers", "cut"]:
                await self._cut(self._to_api, fault.lasts_s)
            case ["broker", "full"]:
                await self._fill_memory(fault.lasts_s)
            case ["broker", ("restart" | "kill" | "tail")] | ["broker", "tail", "cut"]:
                await self._end_broker(fault)
            case ["broker", how]:
                async with self._of_line:
                    await self._break_line(how, fault)
            case ["flush"]:
                async with self._of_broker, Redis.from_url(self._broker.url) as redis:
                    await redis.flushall()
            case _:
                raise ValueError(f"there is no fault {fault.kind!r}")

    async def _end(self, services: Sequence[Service], how: signal.Signals, away_s: float) -> None:
        async with AsyncExitStack() as stack:
            for service in services:  # always in the same order, so nobody waits for somebody who waits for them
                await stack.enter_async_context(service.lock)
            await asyncio.gather(*(service.end(how) for service in services))
            await asyncio.sleep(away_s)
            for service in services:
                await service.start()

    async def _pause(self, service: Service, lasts_s: float) -> None:
        async with service.lock:
            service.send(signal.SIGSTOP)
            await asyncio.sleep(lasts_s)
            service.send(signal.SIGCONT)

    async def _fill_disk(self, service: Service, lasts_s: float) -> None:
        async with service.lock:
            service.bound_files(small=True)
            await asyncio.sleep(lasts_s)
            service.bound_files(small=False)

    async def _step_clock(self, service: Service, fault: Fault) -> None:
        furthest = _INGEST_STEP_S if service.name.startswith("ingest") else _STEP_S
        service.step_clock((2 * fault.size - 1) * furthest)
        await asyncio.sleep(fault.lasts_s)
        service.step_clock(0.0)

    async def _end_broker(self, fault: Fault) -> None:
        async with self._of_broker:
            if fault.kind == "broker restart":
                await self._broker.terminate()
            else:
                await self._broker.kill()
            if fault.kind == "broker kill" and fault.size < 0.5:
                self._broker.leave_half_a_command()
            elif fault.kind == "broker tail cut":
                self.log.append(f"          {self._broker.cut_tail(fault.size)} bytes were lost")
            await asyncio.sleep(fault.lasts_s)
            await self._broker.start()

    async def _fill_memory(self, lasts_s: float) -> None:
        async with self._of_broker, Redis.from_url(self._broker.url) as redis:
            await redis.config_set("maxmemory-policy", "noeviction")
            await redis.config_set("maxmemory", "1mb")
            await asyncio.sleep(lasts_s)
            await redis.config_set("maxmemory", "0")

    async def _break_line(self, how: str, fault: Fault) -> None:
        line = self._to_broker
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
            await self._cut(line, fault.lasts_s)

    @staticmethod
    async def _cut(line: Proxy, lasts_s: float) -> None:
        loop = asyncio.get_running_loop()
        ends = loop.time() + lasts_s
        while loop.time() < ends:
            line.cut()
            await asyncio.sleep(0.25)
