"""The live stream: everything once, in order, resumed where it was left, whoever is slow or gone."""

import asyncio
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from services.contracts.identity import feed_id
from tests.api.conftest import Told
from tests.api.events import enriched, feed_changed, listed, published, revised
from tests.api.serving import Listener, listening, put, served, settings_for
from tests.conftest import Server
from tests.waiting import until

pytestmark = pytest.mark.anyio

ARTICLES = [f"article {number}" for number in range(100)]


async def until_heard(listener: Listener, *what: str) -> None:
    """Wait until as much has come, then see that it is this."""
    with suppress(TimeoutError):
        await until(lambda: len(listener.heard) >= len(what))
    assert listener.what == list(what)


async def test_every_change_is_heard_in_order_with_the_headline_as_data(
    server: Server, redis: Redis, tmp_path: Path
) -> None:
    async with served(settings_for(server, tmp_path)) as client, listening(client) as listener:
        await put(redis, published(1))
        await until_heard(listener, "article 1")
        await put(redis, enriched(1, tags=("ferries",)))
        await until_heard(listener, "article 1", "enrichment 1")
        await put(
            redis, revised(1, title="Article 1b"), listed(1, "https://a.example/"), feed_changed("https://b.example/")
        )
        await until(lambda: len(listener.heard) == 5)
        assert {*listener.what[2:]} == {"revision 1b", "listing 1b", "feed Harbour Courier"}
        document = (await client.get(listener.heard[1].data["links"]["self"])).json()
        assert listener.heard[1].data["tags"] == document["tags"]


async def test_what_is_heard_can_be_read(server: Server, redis: Redis, tmp_path: Path) -> None:
    async with served(settings_for(server, tmp_path)) as client, listening(client) as listener:
        for number in range(20):
            await put(redis, published(number))
            await until(lambda number=number: len(listener.heard) > number)  # type: ignore[misc]
            answer = await client.get(listener.heard[number].data["links"]["self"])
            assert answer.status_code == 200


async def test_a_reader_who_was_away_goes_on_where_it_left(server: Server, redis: Redis, tmp_path: Path) -> None:
    settings = settings_for(server, tmp_path)
    async with served(settings) as client:
        await put(redis, published(0))
        async with listening(client, "/v1/stream?since=0-0_0-0_0-0") as listener:
            await put(redis, published(1))
            await until_heard(listener, *ARTICLES[:2])
        await put(redis, *(published(number) for number in range(2, 10)))
    async with served(settings) as client:
        async with listening(client, last_event_id=listener.position) as again:
            await put(redis, published(10))
            await until_heard(again, *ARTICLES[2:11])
        middle = again.heard[3].id
        async with listening(client, f"/v1/stream?since={middle}") as once_more:
            await until_heard(once_more, *ARTICLES[6:11])


async def test_nothing_is_lost_or_doubled_at_the_seam(server: Server, redis: Redis, tmp_path: Path) -> None:
    """Readers join from the beginning, again and again, while articles arrive."""
    async with served(settings_for(server, tmp_path, api_batch=3)) as client:
        writing = asyncio.create_task(put(redis, *(published(number) for number in range(100))))
        readers = [asyncio.create_task(_hear_all(client)) for _ in range(8)]
        await writing
        for heard in await asyncio.gather(*readers):
            assert heard == ARTICLES


async def _hear_all(client: httpx.AsyncClient) -> list[str]:
    """All 100 articles, changing the connection after every few."""
    heard: list[str] = []
    position = "0-0_0-0_0-0"
    async with asyncio.timeout(60):
        while len(heard) < 100:
            async with listening(client, last_event_id=position) as listener:
                wanted = min(13, 100 - len(heard))
                await until(lambda: len(listener.heard) >= wanted)  # noqa: B023 - awaited at once
                heard += listener.what
                position = listener.position
    return heard


FEED_B = "https://b.example/"
FEED_B_ID = feed_id(FEED_B)
IN_FEED_B = ["listing 1", "enrichment 1", "feed B"]


@pytest.mark.parametrize(
    ("query", "live", "replayed"),
    [
        ("tag=ferries", ["enrichment 1"], ["article 1", "listing 1", "enrichment 1"]),
        ("tag=ferries&tag=local", [], []),
        ("source=north.example", ["article 2"], ["article 2"]),
        ("lang=en", ["enrichment 1"], ["article 1", "listing 1", "enrichment 1"]),
        (f"feed={FEED_B_ID}", IN_FEED_B, ["article 1", *IN_FEED_B]),
        (f"feed={FEED_B}", IN_FEED_B, ["article 1", *IN_FEED_B]),
    ],
)
async def test_filters_are_applied_on_the_server(
    server: Server, redis: Redis, tmp_path: Path, query: str, live: list[str], replayed: list[str]
) -> None:
    """A replay has every article as it is by now, so what came later may let an earlier event pass.

    Article 99 passes every filter, and shows that nothing else is to come.
    """
    async with served(settings_for(server, tmp_path)) as client, listening(client) as witness:
        await put(redis, enriched(99, tags=("ferries", "local")))
        async with listening(client, f"/v1/stream?{query}") as listener:
            events: tuple[Told, ...] = (
                published(1),
                published(2, source="north.example"),
                listed(1, FEED_B),
                enriched(1, tags=("ferries",)),
                feed_changed(FEED_B, title="B"),
                published(99, source="north.example", feed={"id": FEED_B_ID, "url": FEED_B}),
            )
            for count, event in enumerate(events, start=1):
                await put(redis, event)
                await until(lambda count=count: len(witness.heard) == count)  # type: ignore[misc]
            await until_heard(listener, *live, "article 99")
        async with listening(client, f"/v1/stream?{query}&since=0-0_0-0_0-0") as listener:
            await until_heard(listener, *replayed, "article 99")


async def test_an_event_that_was_applied_late_reaches_those_who_were_away(
    server: Server, redis: Redis, tmp_path: Path
) -> None:
    """Another consumer of the group took the first entry and died; it is applied after the second."""
    settings = settings_for(server, tmp_path)
    stream = settings.streams.articles
    await put(redis, published(0))
    await redis.xgroup_create(stream, settings.api_group, id="0")
    await redis.xreadgroup(settings.api_group, "the dead", {stream: ">"})
    await put(redis, published(1), published(2))
    async with served(settings) as client:
        async with listening(client, "/v1/stream?since=0-0_0-0_0-0") as listener:
            await until(lambda: sorted(listener.what) == ARTICLES[:3])
        assert listener.what[-1] == "article 0"
        before_the_late_one = listener.heard[0].id
        async with listening(client, last_event_id=before_the_late_one) as again:
            await until(lambda: len(again.heard) == 2)
            assert again.what == listener.what[1:]


async def test_a_reader_who_does_not_read_is_dropped_and_delays_nobody(
    server: Server, redis: Redis, tmp_path: Path
) -> None:
    settings = settings_for(server, tmp_path, stream_backlog=20)
    heavy = "x" * 50_000
    async with served(settings) as client, listening(client) as listener:
        reader, writer = await asyncio.open_connection("127.0.0.1", settings.http_port, limit=1)
        writer.write(b"GET /v1/stream HTTP/1.1\r\nHost: a\r\n\r\n")
        for number in range(0, 400, 10):
            await put(redis, *(published(number + one, summary=heavy) for one in range(10)))
            await until(lambda number=number: len(listener.heard) >= number + 10)  # type: ignore[misc]
        assert len(listener.heard) == 400
        received = b""
        async with asyncio.timeout(60):
            while chunk := await reader.read(1_000_000):
                received += chunk
        assert 0 < received.count(b"event: article") < 400
        writer.close()
        await writer.wait_closed()


async def test_a_browser_and_its_proxies_are_told_not_to_keep_the_stream(server: Server, tmp_path: Path) -> None:
    async with served(settings_for(server, tmp_path)) as client, client.stream("GET", "/v1/stream") as answer:
        assert answer.headers["cache-control"] == "no-cache, no-store, no-transform"
        assert answer.headers["x-accel-buffering"] == "no"
        assert (await client.head("/v1/stream")).headers["content-type"].startswith("text/event-stream")


async def test_a_new_database_says_what_it_never_had(server: Server, redis: Redis, tmp_path: Path) -> None:
    settings = settings_for(server, tmp_path)
    await put(redis, *(published(number) for number in range(5)))
    await redis.xtrim(settings.streams.articles, maxlen=2, approximate=False)
    async with served(settings) as client, listening(client, "/v1/stream?since=0-0_0-0_0-0") as listener:
        await until(lambda: listener.what == ["gap ", "article 3", "article 4"])
        assert listener.heard[0].data["changed_since"] == "1970-01-01T00:00:00Z"
    async with served(settings) as client, listening(client, last_event_id=listener.heard[0].id) as listener:
        await until(lambda: listener.what == ["article 3", "article 4"])
