"""Harm to the processes of services, their children, their disks and clocks, and to those who read."""

import asyncio
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from typing import Any

import httpx
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.contracts.streams import StreamNames
from tests.chaos.broker import Brokers
from tests.chaos.plan import OF_SERVICES, Fault
from tests.chaos.processes import Service
from tests.chaos.proxy import Proxy
from tests.conftest import AS_ADMIN

_INGEST_STEP_S, _STEP_S = 15.0, 3_600.0
"""How far a clock goes wrong at most. Replicas of ingest must agree on the time within what a feed may be late."""
_SOMEBODY = "somebody"
_MOST = 500


class OnServices:
    """`apis` are the addresses of the APIs by name; all of `proxies` stand between readers and APIs."""

    kinds = frozenset(OF_SERVICES)

    def __init__(
        self,
        services: Mapping[str, Service],
        broker: Brokers,
        apis: Mapping[str, str],
        proxies: Sequence[Proxy],
        say: Callable[[str], None],
    ) -> None:
        self._services, self._broker, self._apis, self._proxies = services, broker, apis, proxies
        self._say = say

    async def inflict(self, fault: Fault) -> None:
        services = [self._services[fault.victim]] if fault.victim else list(self._services.values())
        match fault.kind.split():
            case ["kill", *_]:
                await self._end(services, signal.SIGKILL, fault.lasts_s)
            case ["terminate", *_]:
                await self._end(services, signal.SIGTERM, fault.lasts_s)
            case ["pause"]:
                await self._pause(services[0], fault.lasts_s)
            case ["owner", "pause"]:
                services[0].send_to_child(signal.SIGSTOP, "owner")
                await asyncio.sleep(fault.lasts_s)
                services[0].send_to_child(signal.SIGCONT, "owner")
            case [("pipeline" | "parser" | "owner") as child, "kill"]:
                await self._kill_children(services[0], child, fault)
            case ["claimed", "by", "hand"]:
                await self._claim(fault.lasts_s)
            case ["rebuild"]:
                await self._rebuild(services[0], fault)
            case ["disk", "full"]:
                await self._fill_disk(services[0], fault.lasts_s)
            case ["clock", "step"]:
                await self._step_clock(services[0], fault)
            case ["readers", "cut"]:
                await asyncio.gather(*(proxy.keep_cutting(fault.lasts_s) for proxy in self._proxies))
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

    async def _kill_children(self, service: Service, kind: str, fault: Fault) -> None:
        """Now, and in half of the cases again as soon as there may be others."""
        for pause_s in (0.0, fault.lasts_s)[: 1 if fault.size < 0.5 else 2]:
            await asyncio.sleep(pause_s)
            self._say(f"{service.send_to_child(signal.SIGKILL, kind)} children were killed")

    async def _claim(self, lasts_s: float) -> None:
        """Somebody with redis-cli takes what is being worked on: whoever works on it does not know."""
        names = StreamNames(prefix=self._broker.prefix)
        loop = asyncio.get_running_loop()
        ends = loop.time() + lasts_s
        while loop.time() < ends:
            with suppress(RedisError, OSError, TimeoutError):
                async with Redis.from_url(await self._broker.where()) as redis:
                    for stream in (names.articles, names.enrichments, names.feeds):
                        await _claim_all(redis, stream)
            await asyncio.sleep(0.2)

    async def _rebuild(self, service: Service, fault: Fault) -> None:
        """Ask for the read model to be made anew; in half of the cases it is killed over it."""
        async with service.lock:
            with suppress(httpx.HTTPError):
                async with httpx.AsyncClient(base_url=self._apis[service.name], trust_env=False) as client:
                    answer = await client.post("/v1/rebuild", headers=AS_ADMIN)
                    self._say(f"asked to rebuild it answers {answer.status_code}")
            await asyncio.sleep(fault.lasts_s)
        if fault.size < 0.5:
            await self._end([service], signal.SIGKILL, 0.0)

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


async def _claim_all(redis: Redis, stream: str) -> None:
    for group in await redis.xinfo_groups(stream):
        if not group["pending"]:
            continue
        pending: Any = await redis.xpending_range(stream, group["name"], "-", "+", _MOST)
        entries = [entry["message_id"] for entry in pending]
        if entries:
            await redis.xclaim(stream, group["name"], _SOMEBODY, 0, entries, justid=True)
