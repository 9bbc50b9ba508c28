"""What really goes over the broker and over the live stream is what the served schemas describe."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import httpx
import jsonschema
import pytest
from redis.asyncio import Redis

from services.api.asyncapi import asyncapi_document
from services.api.readmodel.horizon import Keep
from services.contracts.streams import PAYLOAD, StreamNames
from services.wire.messages import Entries
from tests.api.events import START, enriched, feed_changed, listed, published, revised
from tests.api.live.replica import BEGINNING, replica
from tests.api.serving import STREAMS, put, served, settings_for
from tests.conftest import Server

pytestmark = pytest.mark.anyio

FORMATS = jsonschema.FormatChecker()
TELLING = ("article", "revision", "enrichment", "listing", "feed")


async def lines(http: httpx.AsyncClient, since: str, count: int) -> AsyncIterator[dict[str, Any]]:
    async with http.stream("GET", f"/v1/stream.ndjson?since={since}", timeout=20) as answer:
        told = answer.aiter_lines()
        for _ in range(count):
            yield json.loads(await anext(told))


def check(line: dict[str, Any]) -> None:
    """Against the message of the AsyncAPI document: the line whole, and the data of a server-sent event alone."""
    document = asyncapi_document(StreamNames(), "1.0")
    for message, instance in ((f"line.{line['event']}", line), (f"event.{line['event']}", line["data"])):
        if instance is not None:
            schema = document["components"]["messages"][message]["payload"] | {"components": document["components"]}
            jsonschema.Draft7Validator(schema, format_checker=FORMATS).validate(instance)


async def test_a_wire_is_as_it_is_described(server: Server, redis: Redis, tmp_path: Path) -> None:
    async with served(settings_for(server, tmp_path)) as http:
        await put(
            redis,
            published(1),
            revised(1, 2),
            listed(1, "https://one.example/feed"),
            enriched(1, revision=2, tags=("ferries",)),
            feed_changed("https://one.example/feed"),
        )
        for stream in STREAMS:
            for _entry, fields in cast(Entries, await redis.xrange(stream)):
                event = json.loads(fields[PAYLOAD.encode()])
                schema = (await http.get(f"/schemas/{event['type']}.json")).json()
                jsonschema.Draft202012Validator(schema, format_checker=FORMATS).validate(event)
        heard = set()
        async for line in lines(http, BEGINNING, 1 + len(TELLING)):
            check(line)
            heard.add(line["event"])
            if line["data"] is not None:
                schema = (await http.get(f"/schemas/stream.{line['event']}.json")).json()
                jsonschema.Draft202012Validator(schema, format_checker=FORMATS).validate(line["data"])
                with pytest.raises(jsonschema.ValidationError):
                    jsonschema.Draft202012Validator(schema).validate({})
        assert heard == {"position", *TELLING}


async def test_gap_and_bye_are_as_they_are_described(tmp_path: Path) -> None:
    async with replica(tmp_path / "dateline.db") as here:
        for number in range(10):
            await here.article(number + 1)
        while await here.model.prune(Keep(timedelta(days=10_000), 4), START):
            pass
        async with here.client.stream("GET", "/v1/stream.ndjson?since=2-0_0-0_0-0", timeout=20) as answer:
            told = answer.aiter_lines()
            heard = [json.loads(await anext(told)) for _ in range(3)]
            here.hub.close()
            heard += [json.loads(line) async for line in told]
    for line in heard:
        check(line)
    assert {line["event"] for line in heard} == {"position", "gap", "article", "bye"}
