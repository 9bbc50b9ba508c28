"""Connections that go exactly where the address check said, and nowhere else.

The name is resolved once, the addresses are checked, and the connection is made to one of them; there is no
second look-up that could answer differently (DNS rebinding).
"""

import asyncio
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import httpx

from services.wire.addresses import first_allowed
from services.wire.ports import check_port

LookUp = Callable[[str, int], Sequence[str]]
"""The addresses of a host, looked up for a port. May block; raises `OSError` or `UnicodeError` where there are none."""


class CheckedTransport(httpx.AsyncBaseTransport):
    """An httpx transport for hosts that strangers name. Raises `AddressRefused` beside httpx's own errors.

    Connections are not kept: a pool would find them by address, and two hosts may share one.
    """

    def __init__(self, allowed: frozenset[str], *, connections: int, look_up: LookUp | None = None) -> None:
        self._allowed, self._look_up = allowed, look_up or ask_system
        limits = httpx.Limits(max_connections=connections, max_keepalive_connections=0)
        self._inner = httpx.AsyncHTTPTransport(limits=limits, trust_env=False)
        self._resolvers = ThreadPoolExecutor(min(connections, 64), thread_name_prefix="resolver")

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        if not host:
            raise httpx.UnsupportedProtocol("it names no host")
        port = request.url.port if request.url.port is not None else 443 if request.url.scheme == "https" else 80
        check_port(port)
        addresses = first_allowed(host, await self._resolve(request.url.raw_host.decode(), port), self._allowed)
        failure: httpx.TransportError | None = None
        for address in addresses[:3]:
            dialled = httpx.Request(
                request.method,
                request.url.copy_with(host=str(address)),
                headers=request.headers,  # with the Host header of the name
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": request.url.raw_host.decode()},
            )
            try:
                return await self._inner.handle_async_request(dialled)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = failure or error
        raise failure or httpx.ConnectError(f"{host} has no address")

    async def _resolve(self, raw_host: str, port: int) -> list[str]:
        host = raw_host.strip("[]")
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._resolvers, self._look_up, host, port)
        except (socket.gaierror, UnicodeError) as error:
            raise UnknownHost(f"there is no host named {host}; check the address") from error
        return list(dict.fromkeys(found))

    async def aclose(self) -> None:
        self._resolvers.shutdown(wait=False, cancel_futures=True)
        await self._inner.aclose()


def ask_system(host: str, port: int) -> list[str]:
    """As the machine resolves names. An address is its own answer, in all spellings that the system knows."""
    return [str(place[0]) for *_kind, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class UnknownHost(httpx.ConnectError):
    """The name has no address."""
