"""Reading a feed over HTTP: conditional, bounded in size, time and redirects, and only from where that is allowed."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import httpx

from services.ingest.freshness import fresh_for, seconds_until
from services.ingest.outcomes import Failed, FailureKind, Fetched, NotModified
from services.wire.addresses import AddressRefused
from services.wire.dial import CheckedTransport, UnknownHost

_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_PERMANENT = frozenset((301, 308))
_MOST_REDIRECTS = 5
_END_OF_SERVER_ERRORS = 600
_CODINGS = frozenset(("", "identity", "gzip", "x-gzip", "deflate"))
_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9,"
    " application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """`timeout_s` bounds the whole of it, redirects included; `body_bytes` counts after decompression."""

    timeout_s: float = 30.0
    body_bytes: int = 10_000_000
    connections: int = 32


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for. `types` are the only media types that are read, if given; `before` is asked before each
    request, redirects included, and may raise to prevent it."""

    accept: str = _ACCEPT
    types: frozenset[str] | None = None
    before: Callable[[str], Awaitable[None]] | None = None


_FEED = Wanted()


class Fetcher:
    """Fetches feeds, or what else is wanted, while entered as a context."""

    def __init__(
        self, *, user_agent: str, allowed_hosts: frozenset[str], limits: Limits, clock: Callable[[], datetime]
    ) -> None:
        self._limits, self._clock = limits, clock
        self._client = httpx.AsyncClient(
            transport=CheckedTransport(allowed_hosts, connections=limits.connections),
            timeout=httpx.Timeout(limits.timeout_s, connect=min(10.0, limits.timeout_s)),
            headers={"User-Agent": user_agent, "Accept-Encoding": "gzip, deflate"},
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def fetch(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None, wanted: Wanted = _FEED
    ) -> Fetched | NotModified | Failed:
        """Read `url`, unless it is as it was when it had this `etag` and `last_modified`. Raises nothing but what
        `wanted.before` raises."""
        conditions = {"Accept": wanted.accept, "If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in conditions.items() if value}
        try:
            async with asyncio.timeout(self._limits.timeout_s):
                return await self._follow(url, headers, wanted)
        except (AddressRefused, TimeoutError, httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            return _broken(error, self._limits)

    async def _follow(self, url: str, headers: Mapping[str, str], wanted: Wanted) -> Fetched | NotModified | Failed:
        permanent: str | None = None
        all_permanent = True
        for _hop in range(_MOST_REDIRECTS + 1):
            if not url.lower().startswith(("http://", "https://")):
                return Failed("redirect", f"it leads to {url[:200]!r}, which is no http or https URL")
            if wanted.before:
                await wanted.before(url)
            async with self._client.stream("GET", url, headers=headers) as response:
                if response.status_code not in _REDIRECTS:
                    return await self._read(response, url, headers, permanent, wanted.types)
                location = response.headers.get("location")
            if not location:
                return Failed("redirect", f"the server answered {response.status_code} but says not where to go")
            url = urljoin(url, location)
            all_permanent = all_permanent and response.status_code in _PERMANENT
            permanent = url if all_permanent else permanent
        return Failed("redirect", f"more than {_MOST_REDIRECTS} redirects; the feed's address may have changed")

    async def _read(
        self, response: httpx.Response, url: str, asked: Mapping[str, str], moved_to: str | None,
        types: frozenset[str] | None,
    ) -> Fetched | NotModified | Failed:  # fmt: skip
        status = response.status_code
        if status == HTTPStatus.NOT_MODIFIED and {"If-None-Match", "If-Modified-Since"} & asked.keys():
            return NotModified(moved_to, fresh_for(response.headers, self._clock()))
        if status != HTTPStatus.OK:
            return _refused(status, response.headers.get("retry-after"), self._clock())
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if types and kind not in types:
            return Failed("protocol", f"it is {kind[:60] or 'of no stated type'}, not {' or '.join(sorted(types))}")
        coding = response.headers.get("content-encoding", "").strip().lower()
        if coding not in _CODINGS:
            return Failed("protocol", f"the body is encoded as {coding[:40]!r}, which was not asked for")
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > self._limits.body_bytes:
                limit = self._limits.body_bytes
                return Failed("too large", f"the feed is larger than {limit:,} bytes; see DATELINE_MAX_BODY_BYTES")
        return Fetched(
            body=bytes(body),
            url=url,
            content_type=response.headers.get("content-type"),
            etag=response.headers.get("etag"),
            last_modified=response.headers.get("last-modified"),
            moved_to=moved_to,
            fresh_s=fresh_for(response.headers, self._clock()),
            links=tuple(response.headers.get_list("link")),
            robots_tags=tuple(response.headers.get_list("x-robots-tag")),
        )


def _broken(error: Exception, limits: Limits) -> Failed:
    """What went wrong before there was an answer, for a person."""
    failure = Failed("protocol", f"the address cannot be used ({error}); give an http or https URL")
    match error:
        case AddressRefused():
            failure = Failed("address", str(error))
        case TimeoutError() | httpx.TimeoutException():
            failure = Failed("timeout", f"the server did not deliver within {limits.timeout_s:g} s; it is tried again")
        case UnknownHost():
            failure = Failed("dns", str(error))
        case httpx.ConnectError() if "SSL" in str(error) or "certificate" in str(error).lower():
            failure = Failed("tls", f"no trusted encrypted connection to the server: {error}")
        case httpx.ConnectError():
            failure = Failed("connection", f"no connection to the server ({error or 'refused'}); it is tried again")
        case httpx.DecodingError():
            failure = Failed("protocol", f"the body cannot be decompressed: {error}")
        case httpx.UnsupportedProtocol():
            pass
        case httpx.TransportError() | OSError():
            why = str(error) or type(error).__name__
            failure = Failed("connection", f"the connection broke ({why}); it is tried again")
    return failure


def _refused(status: int, retry_after: str | None, now: datetime) -> Failed:
    try:
        answer = f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        answer = str(status)
    if status == HTTPStatus.GONE:
        return Failed("gone", "the server answered 410 Gone: the feed was given up; look for another one")
    advice = {
        401: "it needs a login, which is not supported",
        403: "the server does not let us in",
        404: "check the address of the feed",
        429: "the server wants to be asked less often; it will be tried later",
    }.get(status, "it will be tried again")
    kind: FailureKind = "status"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        kind = "busy"
    elif HTTPStatus.INTERNAL_SERVER_ERROR <= status < _END_OF_SERVER_ERRORS:
        kind = "server error"
    return Failed(kind, f"the server answered {answer}; {advice}", seconds_until(retry_after, now))
