"""A backup restored under fire: real processes, killed while they catch up. Nothing is lost, nothing comes twice."""

import subprocess
import time
from pathlib import Path

import pytest
from redis import Redis

from services.contracts.streams import PAYLOAD
from tests.api.events import enriched, published
from tests.cli.dateline import process
from tests.conftest import Server
from tests.e2e.processes import Processes

MANY = 3_000


def publish(redis: Redis, first: int, last: int) -> None:
    with redis.pipeline(transaction=False) as pipeline:
        for number in range(first, last):
            pipeline.xadd("dateline:articles", {PAYLOAD: published(number).to_wire()})
            pipeline.xadd("dateline:enrichments", {PAYLOAD: enriched(number).to_wire()})
        pipeline.execute()


def has(count: int, wire: Processes) -> bool:
    articles = wire.every_article()
    return len(articles) == count and all(article["enriched"] for article in articles)


def dateline(folder: Path, *arguments: str | Path) -> "subprocess.CompletedProcess[bytes]":
    done = process(*arguments, DATELINE_DATABASE_PATH=str(folder / "dateline.db"))
    assert done.returncode == 0, done.stderr.decode()
    return done


@pytest.mark.parametrize("lives", [1, 4])
def test_what_came_after_the_backup_is_there_however_often_the_api_is_killed(
    server: Server, tmp_path: Path, lives: int
) -> None:
    file = tmp_path / "wire.backup"
    with Redis.from_url(server.url) as redis, Processes(server.url, tmp_path).running("api") as wire:
        publish(redis, 0, 200)
        wire.until(lambda wire: has(200, wire))
        dateline(tmp_path, "backup", file)
        publish(redis, 200, MANY)
        wire.until(lambda wire: has(MANY, wire), within_s=90)
        wire.kill("api")
        dateline(tmp_path, "restore", file)
        for life in range(lives - 1):
            wire.start("api")
            wire.until(lambda wire: wire.get("/v1/articles", limit=1)["articles"])
            time.sleep(0.1 * life)  # a moment of the catching up, each time a later one
            wire.kill("api")
        wire.start("api")
        wire.until(lambda wire: has(MANY, wire), within_s=90)
        assert len({article["id"] for article in wire.every_article()}) == MANY
        assert redis.xlen("dateline:quarantine") == 0
        wire.until(lambda _: redis.xpending("dateline:articles", "api")["pending"] == 0)
