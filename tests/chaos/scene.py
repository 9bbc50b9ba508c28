"""One round: the wire under fire from its plan, and what is wrong when the fire is over."""

import asyncio
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from services.contracts.opml import Outline, write_opml
from services.wire.tasks import end
from tests.chaos import verdict
from tests.chaos.broker import Broker, Brokers
from tests.chaos.judge import LIVE, Cast, is_quiet, wrong_with
from tests.chaos.looking import serves_some
from tests.chaos.nemesis import Harm, Nemesis
from tests.chaos.nodes import Nodes
from tests.chaos.on_broker import OnBroker
from tests.chaos.on_services import OnServices
from tests.chaos.plan import Plan
from tests.chaos.processes import Service, environment, environment_of_api, left_behind
from tests.chaos.proxy import Proxy
from tests.chaos.readers import GroupReader, LiveReader
from tests.chaos.source import Source
from tests.conftest import free_port

_LEAVE_S = 30.0


@dataclass(frozen=True, slots=True)
class Load:
    """Articles published `per_second`; all must be well `within_s` after the fire."""

    per_second: float = 200.0
    within_s: float = 60.0


@dataclass(slots=True)
class Outcome:
    """What is `wrong`, which faults were injected, how long it took until all was well, and what was so last."""

    plan: Plan
    wrong: list[str]
    faults: Counter[str]
    log: list[str]
    articles: int = 0
    revisions: int = 0
    stories: int = 0
    resumed: int = 0
    settled_s: float = 0.0
    waited_for: list[str] = field(default_factory=list)
    folder: Path = field(default_factory=Path)


async def play(plan: Plan, load: Load, folder: Path) -> Outcome:
    """Play a round in an empty folder, where the logs stay."""
    nemesis, loop = Nemesis(), asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        source = await stack.enter_async_context(Source(plan.seed).serving())
        broker, url, harm = await _broker(plan, folder, nemesis, stack)
        opml = folder / "feeds.opml"
        opml.write_text(write_opml([Outline(url) for url in source.urls()], title="under fire"))
        services, apis = _services(plan, folder, environment(url, broker.prefix, opml))
        for service in services.values():
            await service.start()
            stack.push_async_callback(service.end, signal.SIGKILL)
        doors = {name: Proxy(int(api.rpartition(":")[2]), plan.seed) for name, api in apis.items()}
        for door in doors.values():
            await stack.enter_async_context(door.running())
        live = [
            LiveReader(name, f"http://127.0.0.1:{door.port}", path) for name, door in doors.items() for path in LIVE
        ]
        cast = Cast(source, broker, apis, live, [])
        # Through the proxy, if there is one, as services do.
        where = broker.where if isinstance(broker, Nodes) else _always(url)
        cast.groups = [GroupReader(where, stream) for stream in cast.streams]
        runs = [*(reader.run() for reader in cast.live), *(reader.run() for reader in cast.groups)]
        listening = [asyncio.create_task(run) for run in runs]
        stack.push_async_callback(end, *listening)
        publishing = asyncio.create_task(source.publish(load.per_second))
        stack.push_async_callback(end, publishing)
        for name, api in apis.items():
            if not await _until(partial(serves_some, api), load.within_s):
                return Outcome(plan, [f"{name} served nothing before the fire began"], Counter(), [], folder=folder)
        await nemesis.carry_out(plan, [harm, OnServices(services, broker, apis, [*doors.values()], nemesis.say)])
        await end(publishing)
        over, waited_for = loop.time(), list[str]()

        async def look() -> list[str]:
            found = await wrong_with(plan, cast)
            waited_for[:] = found or waited_for
            return found

        await _until(lambda: is_quiet(cast), load.within_s)
        await _until(lambda: _none(look), load.within_s - (loop.time() - over))
        settled_s = loop.time() - over
        await asyncio.sleep(1.0)  # what comes too often may come late
        wrong = await look()
        await asyncio.gather(*(service.end(signal.SIGTERM) for service in services.values()))
        wrong += [said for service in services.values() for said in service.ended_by_itself]
        await _until(partial(_nobody_is_left, folder), _LEAVE_S)
        wrong += [f"left behind: {command}" for command in left_behind(folder)]
        wrong += verdict.of_logs(folder)
        return Outcome(
            plan, wrong, nemesis.done, nemesis.log, len(source.articles), source.published - len(source.articles),
            cast.stories, sum(reader.resumed for reader in cast.live), settled_s, waited_for, folder,
        )  # fmt: skip


async def _broker(plan: Plan, folder: Path, nemesis: Nemesis, stack: AsyncExitStack) -> tuple[Brokers, str, Harm]:
    """Running, with the URL that services are told, and the harm that can be done to it."""
    if plan.broker != "single":
        nodes = Nodes(folder, plan, nemesis.say)
        stack.push_async_callback(nodes.kill)
        await nodes.start()
        return nodes, nodes.url, nodes
    broker = Broker(folder, plan.fsync)
    stack.push_async_callback(broker.kill)
    await broker.start()
    line = await stack.enter_async_context(Proxy(broker.port, plan.seed).running())
    return broker, f"redis://127.0.0.1:{line.port}/0", OnBroker(broker, line, nemesis.say)


def _services(plan: Plan, folder: Path, told: dict[str, str]) -> tuple[dict[str, Service], dict[str, str]]:
    services, apis = {}, {}
    for name in plan.names:
        own = {}
        if name.startswith("api"):
            port = free_port()
            apis[name], own = f"http://127.0.0.1:{port}", environment_of_api(name, folder, port)
        services[name] = Service(name, folder, told | own, wrong_clock=name in plan.with_wrong_clocks)
    return services, apis


def _always(url: str) -> Callable[[], Awaitable[str]]:
    async def where() -> str:
        return url

    return where


async def _nobody_is_left(folder: Path) -> bool:
    return not left_behind(folder)


async def _none(look: Callable[[], Awaitable[list[str]]]) -> bool:
    return not await look()


async def _until(condition: Callable[[], Awaitable[bool]], within_s: float) -> bool:
    loop = asyncio.get_running_loop()
    deadline, pause_s = loop.time() + within_s, 0.25
    while not await condition():
        if loop.time() > deadline:
            return False
        pause_s = min(1.2 * pause_s, 3.0)
        await asyncio.sleep(pause_s)
    return True
