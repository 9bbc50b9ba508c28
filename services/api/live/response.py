"""The HTTP side of the live stream: one answer that goes on until one of the two ends it."""

import asyncio
import json
import logging
from collections.abc import Callable
from contextlib import suppress

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from services.api.live.channel import Channel
from services.api.live.hub import Hub
from services.api.live.line import LINE, Line, chunked
from services.api.live.replay import Replay
from services.api.live.subscriber import End, Subscriber
from services.api.readmodel.documents import Json
from services.api.readmodel.model import ReadModel
from services.api.readmodel.position import Position

logger = logging.getLogger(__name__)

_PATIENCE_S = 30.0
"""A reader that takes nothing of a replay for so long is let go of."""
_LAST_WORDS_S = {End.CLOSING: 1.0, End.FAILED: 1.0, End.TOO_SLOW: 10.0}
_REASONS = {
    End.CLOSING: ("closing", "the server stops; connect again to go on from your last event"),
    End.FAILED: ("failed", "something went wrong on our side; it has been logged"),
    End.TOO_SLOW: ("too_slow", "you read more slowly than events come; connect again to go on from your last event"),
}
_HEADERS = {"Cache-Control": "no-cache, no-store, no-transform", "X-Accel-Buffering": "no", "Connection": "close"}


class LiveStream(Response):
    """Tells the channel's changes from `start` on; from now on where there is none. `left` is called at the end."""

    def __init__(
        self, model: ReadModel, hub: Hub, channel: Channel, start: Position | None, left: Callable[[], None]
    ) -> None:
        super().__init__(headers=_HEADERS, media_type=channel.written.media_type)
        del self.headers["content-length"]
        self._model, self._hub, self._channel = model, hub, channel
        self._start, self._left = start, left

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        line: Line | None = scope.get("state", {}).get(LINE)
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            if line is None:  # it was a HEAD
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                return
            end, position = await self._tell(line, send)
            await self._end(line, send, end, position)
        finally:
            self._left()

    async def _tell(self, line: Line, send: Send) -> tuple[End, Position]:
        """All that there is to tell, and why that has an end."""
        hub, channel = self._hub, self._channel
        seen, position = hub.ring.end - 1, self._start or hub.ring.position(hub.ring.end)
        await send(_body(channel.written.greeting(position)))
        if self._start is not None:
            seen = await self._model.first_unknown(position, channel.wanted.streams()) - 1
        behind = self._start is not None
        while True:
            replay = Replay(position, position, seen)
            if (behind or seen + 1 < hub.ring.first) and (end := await self._replay(replay, line, send)):
                return end, replay.position
            subscriber = Subscriber(channel, line, replay.seen + 1, replay.position)
            with hub.joined(subscriber):
                end = await subscriber.ended
            seen, position, behind = subscriber.cursor - 1, subscriber.position, True
            if end is not End.BEHIND:
                return end, position

    async def _replay(self, replay: Replay, line: Line, send: Send) -> End | None:
        """Why it ended before its end."""
        loop = asyncio.get_running_loop()
        spoke = loop.time()
        async for part in replay.parts(self._model, self._hub, self._channel):
            silent = loop.time() - spoke > self._hub.heartbeat_s
            if part or silent:
                try:
                    async with asyncio.timeout(_PATIENCE_S):
                        await send(_body(part or self._channel.written.still_here(replay.position)))
                except TimeoutError:
                    return End.TOO_SLOW
                spoke = loop.time()
            if line.lost or self._hub.closed:
                return End.LEFT if line.lost else End.CLOSING
        return None

    async def _end(self, line: Line, send: Send, end: End, position: Position) -> None:
        """Say why, if it can still be said; a reader who takes nothing any more is cut off all the same."""
        if end not in _REASONS:
            return
        reason, detail = _REASONS[end]
        if end is End.TOO_SLOW:
            logger.info("a reader of the live stream was let go of: it reads too slowly")
        document = Json(json.dumps({"reason": reason, "detail": detail}))
        line.write(chunked(self._channel.written.told(position, "bye", document)))
        asyncio.get_running_loop().call_later(_LAST_WORDS_S[end], line.cut)
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORDS_S[end]):
                await send({"type": "http.response.body", "body": b"", "more_body": False})


def _body(chunk: bytes) -> Message:
    return {"type": "http.response.body", "body": chunk, "more_body": True}
