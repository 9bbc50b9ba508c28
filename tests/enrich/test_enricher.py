"""From article events to enrichment events, on a real server."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest
from redis.asyncio import Redis

from services.contracts.articles import ArticleListed, Listing
from services.contracts.enrichments import ArticleEnriched
from services.contracts.registry import read_event
from services.contracts.streams import PAYLOAD, StreamNames
from services.enrich.assembly import standard_pipeline
from services.enrich.emit import Emitter
from services.enrich.enricher import GROUP, Enricher
from services.enrich.rules_file import parse_rules
from services.enrich.setups import Setups
from services.enrich.steps.language import Identifier
from services.wire.inbox import ensure_group
from services.wire.messages import Delivery, Entries, deliveries_of
from services.wire.quarantine import Quarantined
from tests.conftest import server_binaries
from tests.enrich.articles import FEED, NOON, article, published

pytestmark = pytest.mark.anyio

STREAMS = StreamNames()
NOW = datetime(2026, 3, 1, 12, 0, 1, tzinfo=UTC)
GOLDEN = Path(__file__).parents[1] / "contracts" / "golden"


@pytest.fixture(params=server_binaries())
def broker_binary(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def enricher(redis: Redis) -> Enricher:
    rules = parse_rules('[[tag]]\nslug = "ferries"\nlabel = "Ferries"\nwords = ["ferry"]', "tags.toml")
    pipeline = standard_pipeline(rules, Identifier(frozenset(), lambda _text: [("en", 0.98)]))
    return Enricher(pipeline, Setups(redis, STREAMS), Emitter(redis, STREAMS, GROUP), lambda: NOW)


async def delivered(redis: Redis, *payloads: bytes) -> Sequence[Delivery]:
    for payload in payloads:
        await redis.xadd(STREAMS.articles, {PAYLOAD: payload})
    await ensure_group(redis, STREAMS.articles, GROUP)
    read = cast(list[tuple[bytes, Entries]], await redis.xreadgroup(GROUP, "one", {STREAMS.articles: ">"}))
    return deliveries_of(STREAMS.articles, read[0][1])


async def payloads(redis: Redis, stream: str) -> list[bytes]:
    entries = cast(Entries, await redis.xrange(stream))
    assert all(list(fields) == [PAYLOAD.encode()] for _id, fields in entries)
    return [fields[PAYLOAD.encode()] for _id, fields in entries]


async def pending(redis: Redis) -> int:
    return cast(int, (await redis.xpending(STREAMS.articles, GROUP))["pending"])


async def test_a_published_article_gives_an_enriched_event_in_plain_json(redis: Redis, enricher: Enricher) -> None:
    event = published(article(published="Sun, 01 Mar 2026 11:00:00 +0000", text="The body."))
    await enricher(await delivered(redis, event.to_wire()))
    document = json.loads((await payloads(redis, STREAMS.enrichments))[0])
    assert event.traceparent is not None
    assert document["id"] == f"{event.data.id}/1/{document['data']['version']}/{document['data']['setup']['since']}"
    assert (document["type"], document["source"]) == ("dateline.article.enriched.v1", "/enrich")
    assert (document["subject"], document["time"]) == (str(event.data.id), "2026-03-01T12:00:01Z")
    assert document["traceparent"].split("-")[1] == event.traceparent.split("-")[1]
    assert document["traceparent"] != event.traceparent
    assert document["data"]["times"]["published"]["at"] == "2026-03-01T11:00:00Z"
    assert [tag["slug"] for tag in document["data"]["tags"]] == ["ferries"]
    assert "text" not in document["data"]
    assert await pending(redis) == 0


async def test_enrichments_come_in_the_order_of_the_articles(redis: Redis, enricher: Enricher) -> None:
    titles = [f"Ferry {n}" for n in range(250)]
    await enricher(await delivered(redis, *[published(article(title)).to_wire() for title in titles]))
    events = [read_event(payload) for payload in await payloads(redis, STREAMS.enrichments)]
    assert [event.data.title for event in events if isinstance(event, ArticleEnriched)] == titles


async def test_a_listing_is_acknowledged_and_nothing_else(redis: Redis, enricher: Enricher) -> None:
    listing = Listing(id=article().id, feed=FEED, seen=NOON)
    event = ArticleListed(id="listed", source="/ingest", time=NOON, data=listing)
    await enricher(await delivered(redis, event.to_wire()))
    assert await pending(redis) == 0
    assert await payloads(redis, STREAMS.enrichments) == await payloads(redis, STREAMS.quarantine) == []


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (b"\xff\xfe", "Invalid JSON"),
        (b"", "Invalid JSON"),
        (b'{"type": "dateline.article.published.v1"}', "Field required"),
        ((GOLDEN / "dateline.feed.changed.v1.json").read_bytes(), "does not belong on dateline:articles"),
    ],
)
async def test_what_cannot_be_read_goes_to_quarantine_and_its_neighbours_are_enriched(
    redis: Redis, enricher: Enricher, payload: bytes, why: str
) -> None:
    good = [published(article(title)).to_wire() for title in ("one", "two")]
    deliveries = await delivered(redis, good[0], payload, good[1])
    await enricher(deliveries)
    record = Quarantined.model_validate_json((await payloads(redis, STREAMS.quarantine))[0])
    assert (record.group, record.stream, record.entry_id) == (GROUP, STREAMS.articles, deliveries[1].entry_id)
    assert why in record.why
    assert len(await payloads(redis, STREAMS.enrichments)) == 2
    assert await pending(redis) == 0


async def test_a_batch_that_is_handled_twice_is_emitted_once(redis: Redis, enricher: Enricher) -> None:
    deliveries = await delivered(
        redis, published(article("one")).to_wire(), b"junk", published(article("two")).to_wire()
    )
    await enricher(deliveries)
    await enricher(deliveries)
    assert len(await payloads(redis, STREAMS.enrichments)) == 2
    assert len(await payloads(redis, STREAMS.quarantine)) == 1


async def test_what_another_replica_settled_in_between_is_left_alone(redis: Redis, enricher: Enricher) -> None:
    deliveries = await delivered(redis, *[published(article(title)).to_wire() for title in ("one", "two")])
    await enricher(deliveries[:1])
    await enricher(deliveries)
    assert len(await payloads(redis, STREAMS.enrichments)) == 2
