"""SIGTERM in the middle of a batch: it is finished, what was only read is given back, and the status is 0."""

import time
from pathlib import Path
from typing import Any

from redis import Redis

from services.contracts.registry import read_event
from services.contracts.streams import PAYLOAD
from tests.api.events import published
from tests.conftest import Server
from tests.e2e.processes import Processes

STREAM, COUNT, STOP_S = "dateline:articles", 200, 60
LONG_MS = 3_600_000
TEXT = "The harbour council of Oslo met on Sunday to speak about ferries, storms and the price of bread. " * 20


def test_a_batch_under_way_is_finished(server: Server, tmp_path: Path) -> None:
    told = {"DATELINE_STOP_S": str(STOP_S), "DATELINE_ENRICH_SKIP": "stories"}
    with Redis.from_url(server.url) as redis, Processes(server.url, tmp_path, **told).running("enrich") as wire:
        wire.until(lambda _wire: redis.exists(STREAM) and redis.xinfo_groups(STREAM))
        with redis.pipeline(transaction=True) as together:  # so that all is one batch
            for number in range(COUNT):
                together.xadd(STREAM, {PAYLOAD: published(number, text=TEXT).to_wire()})
            together.execute()
        wire.until(lambda _wire: held(redis) > 0)
        under_way, asked = held(redis), time.monotonic()
        assert wire.stop("enrich", within_s=STOP_S + 10) == 0
        assert time.monotonic() - asked < STOP_S + 5
        left: Any = redis.xpending_range(STREAM, "enrich", "-", "+", COUNT)
        assert all(entry["time_since_delivered"] > LONG_MS for entry in left), "others do not have to wait for these"
        entries: Any = redis.xrange("dateline:enrichments")
        kinds = [read_event(fields[PAYLOAD.encode()]).type for _entry, fields in entries]
        assert kinds.count("dateline.article.enriched.v1") >= under_way


def held(redis: Redis) -> int:
    groups: Any = redis.xinfo_groups(STREAM)
    return int(next(group["pending"] for group in groups if group["name"] == b"enrich"))
