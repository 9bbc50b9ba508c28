"""Pages of other sites may read what is open to read (CORS, https://fetch.spec.whatwg.org/#http-cors-protocol)."""

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send


class OpenReading:
    """Lets the `origins` (`*` for all) GET with a browser, without credentials, and nothing else."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self._app = app
        self._all = "*" in origins
        self._open = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_methods=("GET", "HEAD"),
            allow_headers=("Last-Event-ID", "If-None-Match"),
            expose_headers=("ETag", "Link", "Retry-After", "RateLimit", "RateLimit-Policy"),
            max_age=86_400,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        reading = scope["type"] == "http" and scope["method"] in ("GET", "HEAD", "OPTIONS")
        if reading and self._all:  # then the answer is the same for who is not asked from a page
            reading = any(name == b"origin" for name, _value in scope["headers"])
        await (self._open if reading else self._app)(scope, receive, send)
