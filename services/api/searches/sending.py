"""One try to deliver one event."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self

import httpx

from services.api.searches.event import MEDIA_TYPE
from services.api.searches.patience import Failed
from services.api.searches.signature import signed
from services.wire.addresses import AddressRefused
from services.wire.dial import CheckedTransport

_CONNECT_S, _ALL_S = 10.0, 20.0
_CONNECTIONS = 200


class Sender:
    """Sends to public addresses, and to the hosts that are `allowed` whatever theirs are. Redirects are not followed:
    they could lead anywhere, and the signature is for one receiver."""

    def __init__(self, allowed: frozenset[str], agent: str, clock: Callable[[], datetime]) -> None:
        self._transport = CheckedTransport(allowed, connections=_CONNECTIONS)
        timeout = httpx.Timeout(_ALL_S, connect=_CONNECT_S)
        headers = {"User-Agent": agent, "Content-Type": MEDIA_TYPE}
        self._client = httpx.AsyncClient(transport=self._transport, timeout=timeout, headers=headers, trust_env=False)
        self._clock = clock

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def send(self, url: str, secrets: tuple[str, ...], message: str, body: str) -> Failed | None:
        """Signed with each of the secrets. None when it was answered with 2xx; of the answer only its head is read."""
        content = body.encode()
        headers = signed(secrets, message, int(self._clock().timestamp()), content)
        try:
            request = self._client.build_request("POST", url, content=content, headers=headers)
            async with asyncio.timeout(_ALL_S):
                answer = await self._client.send(request, stream=True)
                await answer.aclose()
            return failure(answer.status_code, answer.headers.get("retry-after"), self._clock())
        except TimeoutError:
            return Failed(f"no answer within {_ALL_S:g} s")
        except (AddressRefused, httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            return Failed(str(error) or type(error).__name__)


def failure(status: int, retry_after: str | None, now: datetime) -> Failed | None:
    """What an answer means; None that the event has arrived."""
    if 200 <= status < 300:
        return None
    why = f"answered {status}"
    if 300 <= status < 400:
        why += "; redirects are not followed, give the address that it leads to"
    return Failed(why, seconds_to_wait(retry_after, now), gone=status == httpx.codes.GONE)


def seconds_to_wait(retry_after: str | None, now: datetime) -> float | None:
    """`Retry-After` (RFC 9110, section 10.2.3): seconds, or a date. None for what is neither."""
    text = (retry_after or "").strip()
    if text.isdecimal():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())
