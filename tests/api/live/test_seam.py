"""The seam between what is replayed and what is live, under load: readers cut off at any byte, writes all the while."""

import asyncio
import json
import random
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from services.api.readmodel.changes import Incoming
from services.api.readmodel.position import EntryId, Stream
from tests.api.conftest import Told
from tests.api.events import article_id, enriched, published
from tests.api.live.replica import BEGINNING, Replica, replica

pytestmark = pytest.mark.anyio

ARTICLES = 600
SOURCES = ("north.example", "south.example")
Heard = tuple[str, str]
"""What happened, and to the article of which id."""


async def write(here: Replica, chance: random.Random) -> list[Heard]:
    """Articles and, some time later, their enrichments, in batches of all sizes. What a reader of all is to hear."""
    written: list[Heard] = []
    ahead = behind = 0
    while behind < ARTICLES:
        if ahead < ARTICLES and (ahead == behind or chance.random() < 0.5):
            numbers = range(ahead, min(ahead + chance.randint(1, 40), ARTICLES))
            ahead = numbers.stop
            batch: list[Told] = [published(number, source=SOURCES[number % 2]) for number in numbers]
            stream = Stream.ARTICLES
        else:
            numbers = range(behind, min(behind + chance.randint(1, 40), ahead))
            behind = numbers.stop
            batch = [enriched(number) for number in numbers]
            stream = Stream.ENRICHMENTS
        incoming = [Incoming(EntryId(1 + number), event) for number, event in zip(numbers, batch, strict=True)]
        kind = "article" if stream is Stream.ARTICLES else "enrichment"
        written += [(kind, str(article_id(number))) for number in numbers]
        await here.model.apply(stream, incoming)
        await asyncio.sleep(chance.choice((0, 0, 0.01)))
    return written


async def read(here: Replica, path: str, chance: random.Random, last_word: Heard) -> list[Heard]:
    """What comes until the last word, over connections that break after up to 60 kB each."""
    heard: list[Heard] = []
    position = BEGINNING
    separator = "\n" if "ndjson" in path else "\n\n"
    async with httpx.AsyncClient(base_url=here.client.base_url, timeout=60) as client:
        while last_word not in heard:
            left, text = chance.randint(300, 60_000), b""
            headers = {"Last-Event-ID": position}
            async with client.stream("GET", path, headers=headers) as answer:
                async for chunk in answer.aiter_raw():
                    text += chunk[: left - len(text)]
                    if len(text) == left or f'"id":"{last_word[1]}"'.encode() in chunk:
                        break
            for event in text.decode(errors="replace").split(separator)[:-1]:
                position, told = _event(event, position)
                heard += told
    return heard


def _event(text: str, position: str) -> tuple[str, list[Heard]]:
    if text.startswith("{"):
        line = json.loads(text)
        return line["id"], [(line["event"], line["data"]["id"])] if line["data"] else []
    fields = dict(field.split(": ", 1) for field in text.splitlines() if not field.startswith(":"))
    told = [(fields["event"], json.loads(fields["data"])["id"])] if "data" in fields else []
    return fields.get("id", position), told


def _paths() -> Iterator[tuple[str, int | None, tuple[str, ...]]]:
    """Addresses, with the remainder of the numbers and the kinds that they let pass."""
    for form in ("/v1/stream", "/v1/stream.ndjson"):
        yield form, None, ("article", "enrichment")
        yield f"{form}?types=enrichment", None, ("enrichment",)
        yield f"{form}?source=south.example", 1, ("article", "enrichment")
        yield f"{form}?q=source:north.example", 0, ("article", "enrichment")


@pytest.mark.parametrize(("seed", "backlog"), [(1, 1_000), (2, 40), (3, 5)])
async def test_everything_once_and_in_order_wherever_it_breaks(tmp_path: Path, seed: int, backlog: int) -> None:
    """With a small backlog readers fall out of the ring again and again, and go on from the journal."""
    chance = random.Random(seed)
    odd = {str(article_id(number)): number % 2 for number in range(ARTICLES)}
    last = {remainder: str(article_id(ARTICLES - 1 - (remainder == 0))) for remainder in (None, 0, 1)}
    async with replica(tmp_path / "dateline.db", backlog=backlog) as here, asyncio.timeout(60):
        writing = asyncio.create_task(write(here, random.Random(seed)))
        paths = list(_paths())
        readers = [
            asyncio.create_task(read(here, path, random.Random(chance.random()), ("enrichment", last[remainder])))
            for path, remainder, _kinds in paths
        ]
        written = await writing
        for (path, remainder, kinds), reader in zip(paths, readers, strict=True):
            wanted = [one for one in written if one[0] in kinds and (remainder is None or odd[one[1]] == remainder)]
            assert await reader == wanted, path
