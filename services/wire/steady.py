"""Connections to a broker of which every failure is one that redis-py knows."""

from collections.abc import Iterable
from typing import Any, TypeVar

from redis.asyncio.connection import AbstractConnection, Connection, ConnectionPool, parse_url
from redis.exceptions import ConnectionError

_Kind = TypeVar("_Kind", bound=AbstractConnection)


class Steady:
    """To be inherited from before a class of connections.

    A server that ends between a connection's beginning and its first command leaves a closed transport. asyncio lets
    that be written to and says so later; uvloop raises `RuntimeError` at once, which no client takes for what it is.
    """

    async def send_packed_command(self, command: bytes | str | Iterable[bytes], check_health: bool = True) -> None:
        connection: Any = super()
        try:
            await connection.send_packed_command(command, check_health)
        except RuntimeError as error:
            raise ConnectionError(f"the connection was closed: {error}") from error


def steady(kind: type[_Kind]) -> type[_Kind]:
    """That class of connections, but steady."""
    return type(f"Steady{kind.__name__}", (Steady, kind), {})


def steady_pool(url: str, options: dict[str, Any]) -> ConnectionPool:
    """For one server, at a URL as redis-py reads it."""
    told: dict[str, Any] = {**options, **parse_url(url)}
    kind = told.pop("connection_class", Connection)
    return ConnectionPool(connection_class=steady(kind), **told)
