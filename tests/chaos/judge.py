"""Who takes part in a round, and the judge's way through all that must hold."""

import asyncio
from dataclasses import dataclass

import httpx
from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.contracts.streams import StreamNames
from tests.chaos import stories, verdict
from tests.chaos.broker import Brokers
from tests.chaos.looking import Held, count_served, groups_of, held_by, served_by
from tests.chaos.plan import Plan
from tests.chaos.readers import GroupReader, LiveReader
from tests.chaos.source import Source

EVERYTHING = "/v1/stream"
LIVE = ("/v1/stream?types=article", "/v1/stream.ndjson?types=article", EVERYTHING)
"""What readers of the live stream read."""


@dataclass(slots=True)
class Cast:
    """Who takes part: what is published, who serves it, who reads it. `apis` are addresses by name."""

    source: Source
    broker: Brokers
    apis: dict[str, str]
    live: list[LiveReader]
    groups: list[GroupReader]
    stories: int = 0

    @property
    def names(self) -> StreamNames:
        return StreamNames(prefix=self.broker.prefix)

    @property
    def streams(self) -> tuple[str, ...]:
        return self.names.articles, self.names.enrichments, self.names.feeds


async def wrong_with(plan: Plan, cast: Cast) -> list[str]:
    """What is cheap to find first; nothing more where that is found. In threads: all that passes through the proxies
    waits for this loop."""
    found: list[str] = []
    for api in cast.apis.values():
        try:
            served = (await served_by(api, members=False)).articles
        except httpx.HTTPError as error:
            return [f"the API does not answer: {error!r}"]
        found += verdict.of_listing(served, cast.source.articles)
        found += verdict.of_revisions(plan, served, cast.source.articles)
    if found:
        return found
    try:
        async with Redis.from_url(await cast.broker.where()) as redis:
            held = await held_by(redis, cast.names)
    except (RedisError, OSError, TimeoutError) as error:
        return [f"the broker does not answer: {error!r}"]
    return await asyncio.to_thread(_wrong_of_readers, plan, cast, held) or await _wrong_stories(plan, cast, held)


def _wrong_of_readers(plan: Plan, cast: Cast, held: Held) -> list[str]:
    found = [*verdict.of_broker(plan, held), *verdict.of_enrichments(held.enrichments)]
    for reader in cast.live:
        found += verdict.of_live_reader(plan, reader, cast.source.articles)
    for group in cast.groups:
        found += verdict.of_group_reader(plan, group, set(held.ids[group.stream]))
    return found


async def _wrong_stories(plan: Plan, cast: Cast, held: Held) -> list[str]:
    found = await asyncio.to_thread(lambda: [*stories.of_replay(held.enrichments, held.began, cast.names)])
    for name, api in cast.apis.items():
        served = await served_by(api, members=True)
        cast.stories = len(served.stories)
        of_api = [*stories.of_served(served)]
        if plan.memory == "kept":
            of_api += stories.of_stream(served, held.enrichments)
        for reader in cast.live:
            if reader.api == name and reader.path == EVERYTHING:
                of_api += stories.of_heard(served, reader.last_of("story"), reader.path)
        found += [f"{name}: {said}" for said in of_api]
    return found


async def is_quiet(cast: Cast) -> bool:
    """Whether there is as much as there should be and nobody has anything to do: a quick look, before the whole one."""
    for api in cast.apis.values():
        if await count_served(api) != len(cast.source.articles):
            return False
    try:
        async with Redis.from_url(await cast.broker.where()) as redis:
            return not any(group.pending or group.unread for group in await groups_of(redis, cast.streams))
    except (RedisError, OSError, TimeoutError):
        return False
