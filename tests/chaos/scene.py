"""One round: the wire under fire from its plan, and what is wrong when the fire is over."""

import asyncio
import json
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.contracts.opml import Outline, write_opml
from services.contracts.streams import PAYLOAD
from services.wire.tasks import end
from tests.chaos import verdict
from tests.chaos.broker import Broker
from tests.chaos.nemesis import Nemesis
from tests.chaos.plan import Plan
from tests.chaos.processes import Service, environment
from tests.chaos.proxy import Proxy
from tests.chaos.readers import GroupReader, LiveReader
from tests.chaos.source import Source
from tests.conftest import free_port

LIVE = ("/v1/stream?types=article", "/v1/stream.ndjson?types=article", "/v1/stream")


@dataclass(frozen=True, slots=True)
class Load:
    """Articles published `per_second`; all must be well `within_s` after the fire, `stories` as well if asked for."""

    per_second: float = 200.0
    within_s: float = 60.0
    stories: bool = False


@dataclass(slots=True)
class Outcome:
    """What is `wrong`, which faults were injected, how long it took until all was well, and what was so last."""

    plan: Plan
    wrong: list[str]
    faults: Counter[str]
    log: list[str]
    articles: int = 0
    revisions: int = 0
    resumed: int = 0
    settled_s: float = 0.0
    waited_for: list[str] = field(default_factory=list)
    folder: Path = field(default_factory=Path)


async def play(plan: Plan, load: Load, folder: Path) -> Outcome:
    """Play a round in an empty folder, where the logs stay."""
    async with AsyncExitStack() as stack:
        source = await stack.enter_async_context(Source(plan.seed).serving())
        opml = folder / "feeds.opml"
        opml.write_text(write_opml([Outline(url) for url in source.urls()], title="under fire"))
        broker, api_port = Broker(folder, plan.fsync), free_port()
        await broker.start()
        stack.push_async_callback(broker.kill)
        to_broker = await stack.enter_async_context(Proxy(broker.port, plan.seed).running())
        to_api = await stack.enter_async_context(Proxy(api_port, plan.seed).running())
        through, api = f"redis://127.0.0.1:{to_broker.port}/0", f"http://127.0.0.1:{api_port}"
        told = environment(through, folder, api_port, opml)
        clocks = plan.with_wrong_clocks
        services = {name: Service(name, folder, told, wrong_clock=name in clocks) for name in plan.names}
        for service in services.values():
            await service.start()
            stack.push_async_callback(service.end, signal.SIGKILL)
        live = [LiveReader(f"http://127.0.0.1:{to_api.port}", path) for path in LIVE]
        groups = [GroupReader(through, stream) for stream in verdict.STREAMS]
        runs = [*(reader.run() for reader in live), *(reader.run() for reader in groups)]
        listening = [asyncio.create_task(run) for run in runs]
        stack.push_async_callback(end, *listening)
        publishing = asyncio.create_task(source.publish(load.per_second))
        stack.push_async_callback(end, publishing)
        await _until(lambda: _some(api), 90.0)
        nemesis = Nemesis(services, broker, to_broker, to_api)
        await nemesis.carry_out(plan)
        await end(publishing)
        loop = asyncio.get_running_loop()
        over = loop.time()

        waited_for: list[str] = []

        async def look() -> list[str]:
            found = await _wrong(plan, source, live, groups, api, broker)
            if load.stories and not found:
                found += verdict.of_stories(await _every_article(api))
            waited_for[:] = found or waited_for
            return found

        await _until(lambda: _is_quiet(source, api, broker), load.within_s)
        await _until(lambda: _none(look), load.within_s - (loop.time() - over))
        settled_s = loop.time() - over
        await asyncio.sleep(1.0)  # what comes too often may come late
        wrong = await look()
        await asyncio.gather(*(service.end(signal.SIGTERM) for service in services.values()))
        wrong += [said for service in services.values() for said in service.ended_by_itself]
        wrong += verdict.of_logs(folder)
        return Outcome(
            plan, wrong, nemesis.done, nemesis.log, len(source.articles), source.published - len(source.articles),
            sum(reader.resumed for reader in live), settled_s, waited_for, folder,
        )  # fmt: skip


async def _wrong(
    plan: Plan, source: Source, live: list[LiveReader], groups: list[GroupReader], api: str, broker: Broker
) -> list[str]:
    try:
        served = await _every_article(api)
    except httpx.HTTPError as error:
        return [f"the API does not answer: {error!r}"]
    found = [*verdict.of_listing(served, source.articles), *verdict.of_revisions(plan, served, source.articles)]
    for reader in live:
        found += verdict.of_live_reader(plan, reader, source.articles)
    try:
        async with Redis.from_url(broker.url) as redis:
            found += await verdict.of_broker(plan, redis)
            for group in groups:
                found += verdict.of_group_reader(plan, group, await _ids(redis, group.stream))
    except (RedisError, OSError) as error:
        found.append(f"the broker does not answer: {error!r}")
    return found


async def _every_article(api: str) -> list[dict[str, Any]]:
    articles: list[dict[str, Any]] = []
    async with httpx.AsyncClient(base_url=api, trust_env=False, timeout=30.0) as client:
        path: str | None = "/v1/articles?limit=500&fields=id,url,title,revision,enriched,story"
        while path:
            page = (await client.get(path)).raise_for_status().json()
            articles += page["articles"]
            path = page["next"]
    return articles


async def _ids(redis: Redis, stream: str) -> set[str]:
    entries: Any = await redis.xrange(stream)
    return {json.loads(fields[PAYLOAD.encode()])["id"] for _entry, fields in entries}


async def _some(api: str) -> bool:
    """Whether an article can be read by now: the fire begins on a wire that runs."""
    async with httpx.AsyncClient(base_url=api, trust_env=False) as client:
        try:
            return bool((await client.get("/v1/articles?limit=1")).raise_for_status().json()["articles"])
        except httpx.HTTPError:
            return False


async def _is_quiet(source: Source, api: str, broker: Broker) -> bool:
    """Whether there is as much as there should be and nobody has anything to do: a quick look, before the whole one."""
    try:
        async with httpx.AsyncClient(base_url=api, trust_env=False, timeout=30.0) as client:
            sources = (await client.get("/v1/sources?limit=500")).raise_for_status().json()["sources"]
        async with Redis.from_url(broker.url) as redis:
            groups = [group for stream in verdict.STREAMS for group in await redis.xinfo_groups(stream)]
    except (httpx.HTTPError, RedisError, OSError):
        return False
    behind = any(group["pending"] or group["lag"] for group in groups)
    return not behind and sum(one["count"] for one in sources) == len(source.articles)


async def _none(look: Callable[[], Awaitable[list[str]]]) -> bool:
    return not await look()


async def _until(condition: Callable[[], Awaitable[bool]], within_s: float) -> bool:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within_s
    while not await condition():
        if loop.time() > deadline:
            return False
        await asyncio.sleep(0.5)
    return True
