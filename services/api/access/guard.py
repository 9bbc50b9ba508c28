"""The guard before all routes: finds the key, counts the request, lets it in or says why not."""

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.api.access import limits
from services.api.access.credentials import Way, credential, from_another_site, without_token
from services.api.access.gate import judge
from services.api.access.keyring import Keyring
from services.api.access.keys import Key
from services.api.access.limits import Limits, Taken, client_of
from services.api.access.scopes import Scope as Need
from services.api.access.scopes import counted, needed
from services.api.access.store import KeysUnusable
from services.api.http.problems import Problem, answer

logger = logging.getLogger(__name__)

_PRIVATE = (b"cache-control", b"private, no-cache")


@dataclass(frozen=True, slots=True)
class Policy:
    """What the operator chose. The rates are requests a minute; 0 is no limit."""

    reading_open: bool
    per_address: int
    per_key: int


class Guard:
    """`now` is for keys' ends, `monotonic` (s) for limits."""

    def __init__(
        self,
        app: ASGIApp,
        policy: Policy,
        keyring: Keyring,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
    ) -> None:
        self._app, self._policy, self._keyring = app, policy, keyring
        self._now, self._monotonic = now, monotonic
        self._limits = Limits()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        need = needed(scope["method"], scope["path"])
        sent = credential(scope)
        try:
            key = self._keyring.find(sent.text) if sent else None
        except KeysUnusable as error:
            logger.error("keys cannot be read: %s", error)
            outage = Problem(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", "keys cannot be read now; it was logged")
            await answer(Request(scope), outage, {"Retry-After": "5"})(scope, receive, send)
            return
        now = self._now()
        valid = key if key is not None and key.state(now) == "active" else None
        name, taken = self._count(scope, valid)
        strange = sent is not None and sent.way in (Way.BASIC, Way.COOKIE) and from_another_site(scope, sent)
        refused = judge(need, sent, key, now, reading_open=self._policy.reading_open, strange=strange)
        problem: Problem | None = None
        headers: dict[str, str] = {}
        if taken is not None and taken.wait_s > 0:
            problem, headers = _too_many(name, taken)
            refused = None
        elif refused is not None:
            members = {"scope": str(refused.scope)} if refused.scope else {}
            problem = Problem(refused.status, refused.kind, refused.detail, **members)
        elif valid is not None:
            self._keyring.note_use(valid, now)
        closed = need is Need.READ and (not self._policy.reading_open or (sent is not None and sent.way is Way.ADDRESS))
        if taken is not None or closed:
            send = _telling(send, limits.headers(name, taken) if taken else [], closed)
        if problem is not None:
            response = answer(Request(scope), problem, headers | {"Cache-Control": "no-store"})
            for challenge in refused.challenges if refused else ():  # browsers read one a line, and no list of them
                # A page has a form for it, which a browser that is asked for `Basic` would never show.
                if response.media_type != "text/html" or not challenge.startswith("Basic"):
                    response.headers.append("WWW-Authenticate", challenge)
            await response(scope, receive, send)
            return
        query = without_token(scope["query_string"])
        if query != scope["query_string"] or valid is not None:
            scope = {**scope, "query_string": query, "state": {**scope.get("state", {}), "key": valid}}
        await self._app(scope, receive, send)

    def _count(self, scope: Scope, key: Key | None) -> tuple[str, Taken | None]:
        """By which policy the request is counted, and what is left of it; None where it is not limited."""
        client = client_of(scope["client"][0]) if scope.get("client") else None
        name, quota = ("key", self._policy.per_key) if key else ("address", self._policy.per_address)
        if client is None or quota == 0 or not counted(scope["path"]):
            return name, None
        return name, self._limits.take(f"key {key.id}" if key else client, quota, self._monotonic())


def _too_many(name: str, taken: Taken) -> tuple[Problem, dict[str, str]]:
    wait_s = max(1, math.ceil(taken.wait_s))
    advice = "send fewer" if name == "key" else "send fewer, or a key, which has a limit of its own"
    detail = f"more than {taken.quota} requests a minute; wait {wait_s} s and {advice}"
    return Problem(HTTPStatus.TOO_MANY_REQUESTS, "too-many", detail), {"Retry-After": str(wait_s)}


def _telling(send: Send, more: list[tuple[bytes, bytes]], closed: bool) -> Send:
    """Adds what is left of the client's limit, and keeps shared caches from serving what is not for everybody."""

    async def tell(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [*message["headers"], *more]
            message = {**message, "headers": _private(headers) if closed else headers}
        await send(message)

    return tell


def _private(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    for place, (name, value) in enumerate(headers):
        if name.lower() == b"cache-control":
            kept = [part for part in value.split(b",") if part.strip().lower() not in (b"public", b"private")]
            kept = [part for part in kept if not part.strip().lower().startswith(b"s-maxage")]
            headers[place] = (name, b", ".join([b"private", *(part.strip() for part in kept)]))
            return headers
    return [*headers, _PRIVATE]
