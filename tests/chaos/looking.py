"""Looks at what there is when the fire is over: what an API serves, what the broker holds."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from services.contracts.streams import PAYLOAD, StreamNames
from services.enrich.story_owner.entries import Entry, read
from services.enrich.story_owner.keys import Keys
from tests.chaos.stories import Served

_PAGE = 500
_STORIES = 200
_SHOWN = "id,url,title,revision,enriched,story"


@dataclass(frozen=True, slots=True)
class Group:
    """A group of a stream: what was delivered to it and not settled, and what was not delivered."""

    stream: str
    name: str
    pending: int
    unread: int | None


@dataclass(frozen=True, slots=True)
class Held:
    """What the broker holds. `ids` are those of events, by stream; owners of stories read everything since `began`, in
    ms."""

    ids: dict[str, list[str]]
    enrichments: list[Entry]
    groups: list[Group]
    quarantined: list[bytes]
    began: int


async def served_by(api: str, *, members: bool) -> Served:
    """Raises `httpx.HTTPError`. The members of stories are asked for one story after the other."""
    async with httpx.AsyncClient(base_url=api, trust_env=False, timeout=30.0) as client:
        articles = [one async for one in _all(client, f"/v1/articles?limit={_PAGE}&fields={_SHOWN}", "articles")]
        if not members:
            return Served(articles, [])
        stories = [one async for one in _all(client, f"/v1/stories?limit={_STORIES}&sort=newest", "stories")]
        of_stories = {}
        for story in stories:
            listed = _all(client, f"/v1/stories/{story['id']}/articles?limit={_PAGE}&fields=id", "articles")
            of_stories[story["id"]] = [one["id"] async for one in listed]
        return Served(articles, stories, of_stories)


async def _all(client: httpx.AsyncClient, path: str, what: str) -> AsyncIterator[dict[str, Any]]:
    following: str | None = path
    while following:
        page = (await client.get(following)).raise_for_status().json()
        for one in page[what]:
            yield one
        following = page["next"]


async def held_by(redis: Redis, names: StreamNames) -> Held:
    """Raises `RedisError` and `OSError`."""
    streams = (names.articles, names.enrichments, names.feeds)
    found: Any = {stream: await redis.xrange(stream) for stream in streams}
    ids = await asyncio.to_thread(lambda: {stream: [*map(_id, entries)] for stream, entries in found.items()})
    enrichments = await asyncio.to_thread(read, found[names.enrichments])
    aside: Any = await redis.xrange(names.quarantine)
    began: Any = await redis.get(Keys(names).began)
    payloads = [entry.payload for entry in read(aside)]
    return Held(ids, enrichments, await groups_of(redis, streams), payloads, int(began or 0))


def _id(entry: tuple[bytes, dict[bytes, bytes]]) -> str:
    return str(json.loads(entry[1][PAYLOAD.encode()])["id"])


async def groups_of(redis: Redis, streams: Sequence[str]) -> list[Group]:
    found = []
    for stream in streams:
        try:
            groups = await redis.xinfo_groups(stream)
        except ResponseError:  # there is no such stream yet
            continue
        for group in groups:
            found.append(Group(stream, group["name"].decode(), group["pending"], group["lag"]))
    return found


async def serves_some(api: str) -> bool:
    """Whether an article can be read by now: the fire begins on a wire that runs."""
    async with httpx.AsyncClient(base_url=api, trust_env=False) as client:
        try:
            return bool((await client.get("/v1/articles?limit=1")).raise_for_status().json()["articles"])
        except httpx.HTTPError:
            return False


async def count_served(api: str) -> int | None:
    """How many articles it serves; None where it does not answer."""
    async with httpx.AsyncClient(base_url=api, trust_env=False, timeout=30.0) as client:
        try:
            sources = (await client.get("/v1/sources?limit=500")).raise_for_status().json()["sources"]
        except httpx.HTTPError:
            return None
    return sum(int(one["count"]) for one in sources)
