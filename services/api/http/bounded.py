"""Routes that take a body of a bounded size."""

from collections.abc import AsyncGenerator, Callable, Coroutine
from http import HTTPStatus
from typing import Any

from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

SMALL = 100_000
"""Bytes that suffice for all that can be said about one feed."""


def bounded(most: int) -> type[APIRoute]:
    """The class of routes that answer 413 as soon as a body is known to have more than `most` bytes."""

    class BoundedRequest(Request):
        async def stream(self) -> AsyncGenerator[bytes, None]:
            too_large = HTTPException(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body has more than {most:,} bytes; send less at a time"
            )
            declared = self.headers.get("content-length", "")
            if declared.isdecimal() and int(declared) > most:
                raise too_large
            size = 0
            try:
                async for piece in super().stream():
                    size += len(piece)
                    if size > most:
                        raise too_large
                    yield piece
            except ClientDisconnect:
                raise HTTPException(HTTPStatus.BAD_REQUEST, "the body ended too early") from None

    class BoundedRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def handle_bounded(request: Request) -> Response:
                return await handle(BoundedRequest(request.scope, request.receive))

            return handle_bounded

    return BoundedRoute
