"""Answers that are asked for again before anything has changed: made once.

A wire is asked for the same few listings by everybody. What was answered is sent again as long as the read model has
taken in nothing since, and for a second at most, because ages and searches such as `after:1h` go with the clock.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.api.http.representation import accepted, unchanged

_BELOW = ("/v1/articles", "/v1/headlines")
"""What is answered from the read model alone: neither the host nor the key of a request has a part in it."""
_FEEDS = "/v1/articles."
"""Feeds for other readers name the host that was asked for, and know `If-Modified-Since`."""
_VARIES = frozenset({b"accept", b"accept-encoding"})
_ROOM = 32 * 2**20
"""Bytes of answers that are remembered at a time."""
_OF_A_BODY = (b"content-length", b"content-type", b"content-encoding")

Headers = list[tuple[bytes, bytes]]


class _Asked(NamedTuple):
    """All that an answer depends on but the read model and the clock."""

    path: str
    query: bytes
    accept: bytes
    encoding: str | None


@dataclass(frozen=True, slots=True)
class _Answer:
    etag: str
    start: Message
    body: Message
    not_modified: Message


class Remembered:
    """`commits` counts what the read model has taken in; `monotonic` is in seconds.

    Its number is looked at before an answer is made, so that no answer is older than what its reader may have heard of
    by the live stream. Who asks while another's answer is being made waits for that.
    """

    def __init__(self, app: ASGIApp, commits: Callable[[], int], monotonic: Callable[[], float]) -> None:
        self._app, self._commits, self._monotonic = app, commits, monotonic
        self._state: tuple[int, int] = (-1, 0)
        self._answers: dict[_Asked, asyncio.Future[_Answer | None] | _Answer] = {}
        self._size = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or not _is_remembered(scope["path"]):
            await self._app(scope, receive, send)
            return
        state = (self._commits(), int(self._monotonic()))
        if state != self._state:
            self._state, self._answers, self._size = state, {}, 0
        asked, held_tag = _asked(scope)
        known = self._answers.get(asked)
        if known is None:
            await self._first(asked, held_tag, scope, receive, send)
            return
        answer = known if isinstance(known, _Answer) else await asyncio.shield(known)
        if answer is None:
            await self._app(scope, receive, send)
        else:
            await _send(answer, held_tag, send)

    async def _first(self, asked: _Asked, held_tag: str | None, scope: Scope, receive: Receive, send: Send) -> None:
        """Have the answer made, and remember it if it is one that can be."""
        answers, coming = self._answers, asyncio.get_running_loop().create_future()
        answers[asked] = coming
        catch = _Catch(send)
        whole = [(name, value) for name, value in scope["headers"] if name != b"if-none-match"]
        try:
            await self._app({**scope, "headers": whole}, receive, catch)
        finally:
            answer = catch.answer
            if answer is not None and answers is self._answers and self._size < _ROOM:
                self._size += len(answer.body["body"])
                answers[asked] = answer
            else:
                del answers[asked]
            coming.set_result(answer)
        if answer is not None:
            await _send(answer, held_tag, send)


class _Catch:
    """Holds back an answer that can be remembered; any other one goes out as it comes."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message | None = None
        self.answer: _Answer | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _can_be_remembered(message):
            self._start = message
            return
        if self._start is not None:
            start, self._start = self._start, None
            if not message.get("more_body", False):
                self.answer = _answer(start, message)
                return
            await self._send(start)
        await self._send(message)


def _is_remembered(path: str) -> bool:
    return path.startswith(_BELOW) and not path.startswith(_FEEDS)


def _asked(scope: Scope) -> tuple[_Asked, str | None]:
    """What is asked for, and the tags that the client has."""
    accept = encodings = b""
    held: str | None = None
    for name, value in scope["headers"]:
        if name == b"accept":
            accept = value
        elif name == b"accept-encoding":
            encodings = value
        elif name == b"if-none-match":
            held = value.decode("latin-1")
    return _Asked(scope["path"], scope["query_string"], accept, accepted(encodings.decode("latin-1"))), held


def _can_be_remembered(start: Message) -> bool:
    headers = dict(start["headers"])
    varies = {part.strip().lower() for part in headers.get(b"vary", b"").split(b",") if part}
    return (
        start["status"] == HTTPStatus.OK
        and b"content-length" in headers
        and b"etag" in headers
        and headers.get(b"cache-control") == b"no-cache"
        and b"set-cookie" not in headers
        and varies <= _VARIES
    )


def _answer(start: Message, body: Message) -> _Answer:
    headers: Headers = start["headers"]
    bare = [(name, value) for name, value in headers if name not in _OF_A_BODY]
    etag = next(value for name, value in headers if name == b"etag").decode("latin-1")
    return _Answer(etag, start, body, {**start, "status": int(HTTPStatus.NOT_MODIFIED), "headers": bare})


async def _send(answer: _Answer, held_tag: str | None, send: Send) -> None:
    """Send copies: what stands outside adds headers of its own to what it is given."""
    if unchanged(held_tag, answer.etag):
        await send({**answer.not_modified, "headers": [*answer.not_modified["headers"]]})
        await send({"type": "http.response.body", "body": b""})
    else:
        await send({**answer.start, "headers": [*answer.start["headers"]]})
        await send({**answer.body})
