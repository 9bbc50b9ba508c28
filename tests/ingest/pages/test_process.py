"""Full text from the real service: a command asks for it, the page's text follows the teaser."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from typing import cast

import pytest
from redis.asyncio import Redis

from services.contracts.commands import AddFeed, AddFeedData
from services.contracts.identity import feed_id
from services.contracts.streams import PAYLOAD
from services.contracts.tracing import new_trace
from services.wire.process import utc_now
from tests.conftest import Server
from tests.ingest.feed_server import FeedServer, answer, feed_server
from tests.ingest.feeds import rss
from tests.ingest.pages.articles import BODY, page
from tests.ingest.pages.full_text import teaser
from tests.waiting import until_stream_holds

pytestmark = pytest.mark.anyio


@pytest.fixture
async def pages() -> AsyncIterator[FeedServer]:
    async with feed_server() as server:
        paths = [f"/{number}" for number in range(5)]
        server.pages["/feed"] = answer(rss(*(teaser(server.url + path) for path in paths)))
        server.pages["/robots.txt"] = answer(b"User-agent: Dateline\nDisallow: /0")
        server.pages |= dict.fromkeys(paths, answer(page(), Content_Type="text/html"))
        yield server


async def test_pages_are_read_by_the_service_though_it_is_killed(
    server: Server, redis: Redis, pages: FeedServer
) -> None:
    url = f"{pages.url}/feed"
    data = AddFeedData(id=feed_id(url), url=url, full_text=True)
    command = AddFeed(id="1", source="/test", subject=url, time=utc_now(), traceparent=new_trace(), data=data)
    await redis.xadd("dateline:commands", {PAYLOAD: command.to_wire()})
    ours = {"REDIS_URL": server.url, "ALLOW_HOSTS": "127.0.0.1", "LEASE_S": "1"}
    env = {**os.environ, **{f"DATELINE_{name}": value for name, value in ours.items()}}
    for articles in (5, 9):
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", "services.ingest", env=env)
        try:
            payloads = await until_stream_holds(redis, "dateline:articles", articles, within_s=30.0)
            if articles == 5:  # pages that were being read come due again when their leases end
                process.kill()
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()
        for name in cast("list[bytes]", await redis.zrange("dateline:ingest:pages:due", 0, -1)):
            await redis.zadd("dateline:ingest:pages:due", {name.decode(): 0})
    revised = [json.loads(payload)["data"] for payload in payloads if b"article.revised" in payload]
    assert [one["text"] for one in revised] == ["\n\n".join(BODY)] * 4
    assert f"{pages.url}/0" not in {one["url"] for one in revised}
