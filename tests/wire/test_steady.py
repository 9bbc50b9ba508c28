"""A server that ends between the beginning of a connection and its first command is an outage, on any event loop."""

import asyncio
from typing import Any

import pytest
import uvloop
from redis.asyncio import Redis
from redis.asyncio.connection import Connection, SSLConnection, UnixDomainSocketConnection
from redis.exceptions import ConnectionError

from services.wire.outage import is_outage
from services.wire.steady import Steady, steady, steady_pool
from tests.conftest import Server


def test_a_closed_transport_is_a_failed_connection(server: Server) -> None:
    async def write_to_what_is_closed() -> None:
        async with Redis.from_pool(steady_pool(server.url, {})) as client:
            assert await client.ping()
            pool: Any = client.connection_pool
            connection = await pool.get_connection()
            connection._writer.transport.abort()
            await asyncio.sleep(0)  # the loop closes the handle when it is its turn
            with pytest.raises(ConnectionError, match="closed") as caught:
                await connection.send_packed_command(b"*1\r\n$4\r\nPING\r\n")
            assert is_outage(caught.value)
            await client.connection_pool.release(connection)
            assert await client.ping()

    uvloop.run(write_to_what_is_closed())


@pytest.mark.parametrize("kind", [Connection, SSLConnection, UnixDomainSocketConnection])
def test_every_class_of_connections_can_be_steady(kind: type[Connection]) -> None:
    assert issubclass(steady(kind), Steady)
    assert issubclass(steady(kind), kind)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("redis://127.0.0.1:1/2", Connection),
        ("rediss://127.0.0.1:1/2", SSLConnection),
        ("unix:///run/redis.sock?db=2", UnixDomainSocketConnection),
    ],
)
def test_the_url_says_which_class(url: str, kind: type[Connection]) -> None:
    pool = steady_pool(url, {})
    assert issubclass(pool.connection_class, kind)
    assert issubclass(pool.connection_class, Steady)
    assert pool.connection_kwargs["db"] == 2
