"""Connections that go to the node which takes writes, wherever that is after a failover.

redis-py has them for Sentinel: a pool that asks who is the primary before each connection, and a connection that is
given up when it turns out to be a replica. All keys of a wire are in one slot of a cluster, so that the same holds
there: the primary is the node that has the slot. A client of such a pool is a plain one; transactions, scripts and
blocking reads need no routing.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, cast

from redis.asyncio.connection import Connection, SSLConnection
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import MasterNotFoundError, Sentinel, SentinelConnectionPool, SentinelManagedConnection
from redis.backoff import NoBackoff
from redis.crc import key_slot
from redis.exceptions import AskError, ClusterDownError, ConnectionError, ResponseError, TimeoutError, TryAgainError

from services.wire.broker_url import BrokerUrl, Kind
from services.wire.steady import Steady, steady

ASK_S = 1.0
"""How long a sentinel or a node may take to say where the primary is; then another one is asked."""

_ELSEWHERE = (AskError, ClusterDownError, TryAgainError)  # MOVED is an AskError, MASTERDOWN a ClusterDownError
Address = tuple[str, int]


class PrimaryConnection(Steady, SentinelManagedConnection):
    """Asks where to go whenever it goes: redis-py's own asks only when a pool hands it out, and a command that is sent
    again after the connection broke would go to the node that broke it.

    Given up when the slot has moved, is on its way or has no primary. Raises `ConnectionError` there, upon which a
    client tries again: nothing of that command was carried out.
    """

    async def _connect(self) -> None:
        self.host, self.port = await self.connection_pool.get_master_address()
        await super()._connect()  # type: ignore[no-untyped-call]

    async def _connect_retry(self) -> None:
        await self.connect_check_health(check_health=True, retry_socket_connect=False)

    async def read_response(
        self,
        disable_decoding: bool = False,
        timeout: float | None = None,  # noqa: ASYNC109 (the parameters are redis-py's)
        *,
        disconnect_on_error: float | None = True,
        push_request: bool | None = False,
    ) -> object:
        try:
            return await super().read_response(
                disable_decoding, timeout, disconnect_on_error=disconnect_on_error, push_request=push_request
            )
        except _ELSEWHERE as error:
            await self.disconnect()
            raise ConnectionError(f"another node has to answer: {type(error).__name__} {error}") from error


class PrimaryTlsConnection(PrimaryConnection, SSLConnection):
    pass


class Finder(Protocol):
    """What a pool of redis-py asks. Raises `ConnectionError` where nobody knows a primary."""

    async def discover_master(self, service_name: str) -> Address: ...

    async def aclose(self) -> None: ...


class PrimaryPool(SentinelConnectionPool):
    """Closed as a whole, it closes what it asks as well."""

    def __init__(self, name: str, finder: Finder, options: Mapping[str, Any]) -> None:
        super().__init__(name, finder, **options)  # type: ignore[no-untyped-call]
        self._finder = finder

    async def disconnect(self, inuse_connections: bool = True) -> None:
        await super().disconnect(inuse_connections)
        if inuse_connections:
            await self._finder.aclose()


class SlotFinder:
    """Asks nodes of a cluster who has the slot of a key: those that are named first, and those that they name."""

    def __init__(self, places: Sequence[Address], connect: Callable[[Address], Connection]) -> None:
        self._places, self._connect = list(dict.fromkeys(places)), connect

    async def discover_master(self, service_name: str) -> Address:
        slot, errors = key_slot(service_name.encode()), []
        for place in list(self._places):
            self._places.append(self._places.pop(0))  # who answers wrongly is not asked next
            try:
                ranges = await self._ask(place)
            except (ConnectionError, TimeoutError, ResponseError, OSError) as error:
                errors.append(f"{place[0]}:{place[1]}: {error}")
                continue
            for first, last, *nodes in ranges:
                if first <= slot <= last and nodes:
                    found = [_address(node, place[0]) for node in nodes]
                    self._places += [address for address in found if address not in self._places]
                    return found[0]
            errors.append(f"{place[0]}:{place[1]}: no node has slot {slot}")
        raise MasterNotFoundError(f"no node of the cluster says who has slot {slot}: {', '.join(errors)}")

    async def aclose(self) -> None:
        """Connections are closed after each question."""

    async def _ask(self, place: Address) -> list[list[Any]]:
        connection = self._connect(place)
        try:
            await connection.connect()  # type: ignore[no-untyped-call]
            await connection.send_command("CLUSTER", "SLOTS")
            return cast("list[list[Any]]", await connection.read_response())
        finally:
            await connection.disconnect()


def _address(node: Sequence[Any], asked: str) -> Address:
    """A node that does not know its own name is where it was asked."""
    host = node[0].decode() if isinstance(node[0], bytes) else node[0]
    return (host if host and host != "?" else asked, int(node[1]))


def _sentinel_options(url: BrokerUrl) -> dict[str, Any]:
    """How a sentinel is asked: with TLS where the URL says so, with a login of its own."""
    tls = {name: value for name, value in url.options().items() if name.startswith("ssl_")}
    return {**url.sentinel_login, **_impatient(), **tls, "ssl": _is_tls(url)}


def primary_pool(url: BrokerUrl, prefix: str, options: Mapping[str, Any]) -> PrimaryPool:
    """For keys that begin with `prefix`, which must have one slot where the broker is a cluster."""
    own = {**url.options(), **options, "connection_class": PrimaryTlsConnection if _is_tls(url) else PrimaryConnection}
    if url.kind is Kind.SENTINEL:
        sentinel = Sentinel(url.places, sentinel_kwargs=_sentinel_options(url))  # type: ignore[no-untyped-call]
        return PrimaryPool(url.name, sentinel, own)
    asking = {**url.options(), **_impatient()}
    kind = steady(asking.pop("connection_class", Connection))
    return PrimaryPool(prefix, SlotFinder(url.places, lambda at: kind(host=at[0], port=at[1], **asking)), own)


def _is_tls(url: BrokerUrl) -> bool:
    return url.options().get("connection_class") is SSLConnection


def _impatient() -> dict[str, Any]:
    return {"socket_timeout": ASK_S, "socket_connect_timeout": ASK_S, "retry": Retry(NoBackoff(), 0)}
