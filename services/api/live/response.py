"""The HTTP side of the live stream: one answer that goes on until one of the two ends it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from services.api.live.frames import comment
from services.api.live.hub import Subscriber

_LAST_WORDS_S = 1.0
_TOO_SLOW = comment("error: read too slowly; connect again to go on from your last event")


class EventStreamResponse(Response):
    """Sends `chunks` until they end, the client goes, or the subscriber is closed, be it in mid-send."""

    media_type = "text/event-stream"

    def __init__(self, subscriber: Subscriber, chunks: AsyncGenerator[bytes, None]) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._subscriber, self._chunks = subscriber, chunks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        sending = asyncio.create_task(self._send_all(send))
        leaving = asyncio.create_task(_disconnected(receive))
        closing = asyncio.create_task(self._subscriber.closed.wait())
        tasks = (sending, leaving, closing)
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._subscriber.close()
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        if isinstance(results[0], Exception):
            raise results[0]
        await self._end(send)

    async def _send_all(self, send: Send) -> None:
        # Closed at once, also when cancelled in mid-send: an abandoned generator would stay in the hub until collected.
        async with aclosing(self._chunks) as chunks:
            async for chunk in chunks:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})

    async def _end(self, send: Send) -> None:
        """Say why, if it can still be said; a reader who takes nothing any more is cut off all the same."""
        last = _TOO_SLOW if self._subscriber.too_slow else b""
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_WORDS_S):
                await send({"type": "http.response.body", "body": last, "more_body": False})


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
