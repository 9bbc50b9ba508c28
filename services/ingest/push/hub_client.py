"""Asking a hub to subscribe or unsubscribe us (WebSub, section 5.1). Hubs are named by strangers, like feeds."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import httpx

from services.contracts.strings import one_line
from services.wire.addresses import AddressRefused
from services.wire.dial import CheckedTransport

_TAKEN = frozenset((HTTPStatus.ACCEPTED, HTTPStatus.NO_CONTENT))
"""202 is the standard's; 204 is what hubs of the drafts before it say when they have verified at once."""

_REPEATED = frozenset((HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT))
_MOST_REDIRECTS = 3
_REASON_BYTES = 300
_AT_A_TIME = 2


class HubClient:
    """Sends requests while entered as a context; `timeout_s` bounds each, redirects included. A hub gets two at a time,
    so that one with many feeds is not overrun, and a slow one holds up itself alone."""

    def __init__(self, *, user_agent: str, allowed_hosts: frozenset[str], timeout_s: float, connections: int) -> None:
        self._timeout_s = timeout_s
        self._turns: dict[str, asyncio.Semaphore] = {}
        self._client = httpx.AsyncClient(
            transport=CheckedTransport(allowed_hosts, connections=connections),
            timeout=timeout_s,
            headers={"User-Agent": user_agent, "Accept": "*/*"},
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def ask(self, hub: str, form: Mapping[str, str]) -> str | None:
        """None where the hub took the request, otherwise why not, for a person. Raises nothing of the hub's."""
        turn = self._turns.setdefault(urlsplit(hub).netloc.lower(), asyncio.Semaphore(_AT_A_TIME))
        try:
            async with turn, asyncio.timeout(self._timeout_s):
                return await self._follow(hub, form)
        except AddressRefused as error:
            return f"the hub is not asked: {error}"
        except (TimeoutError, httpx.TimeoutException):
            return f"the hub did not answer within {self._timeout_s:g} s"
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            return f"the hub cannot be reached: {one_line(str(error))[:_REASON_BYTES] or type(error).__name__}"

    async def _follow(self, url: str, form: Mapping[str, str]) -> str | None:
        for _hop in range(_MOST_REDIRECTS + 1):
            if not url.lower().startswith(("http://", "https://")):
                return f"the hub leads to {url[:200]!r}, which is no http or https URL"
            async with self._client.stream("POST", url, data=form) as response:
                if response.status_code in _TAKEN:
                    return None
                location = response.headers.get("location")
                if response.status_code not in _REPEATED or not location:
                    said = await _beginning(response)
                    return f"the hub answered {response.status_code}{f': {said}' if said else ''}"
            url = urljoin(url, location)
        return f"the hub redirects more than {_MOST_REDIRECTS} times"


async def _beginning(response: httpx.Response) -> str:
    """The reason that hubs give in the body, in one line."""
    body = b""
    if response.headers.get("content-encoding", "identity") != "identity":
        return ""
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) >= _REASON_BYTES:
            break
    text = one_line(body[:_REASON_BYTES].decode("utf-8", "replace"))
    return "" if text.startswith("<") else text
