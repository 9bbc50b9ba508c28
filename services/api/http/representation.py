"""What is done to every whole answer on its way out: it is named, not sent twice, and compressed.

An answer that is sent piece by piece, as the live stream is, has no `Content-Length`, and passes through untouched.
"""

import asyncio
import hashlib
import threading
import zlib
from collections.abc import Callable
from functools import lru_cache
from http import HTTPStatus

import zstandard
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SMALLEST = 1_000
"""Bytes below which compressing saves no packet."""
_LARGE = 100_000
"""Bytes above which compressing is done off the event loop."""
_TEXT = (
    b"text/", b"application/json", b"application/problem+json", b"application/schema+json", b"image/svg",
    b"application/rss+xml", b"application/atom+xml", b"application/feed+json",
)  # fmt: skip
_of_thread = threading.local()


def _zstd(body: bytes) -> bytes:
    compressor: zstandard.ZstdCompressor | None = getattr(_of_thread, "compressor", None)
    if compressor is None:
        compressor = _of_thread.compressor = zstandard.ZstdCompressor(level=3)
    return compressor.compress(body)


def _gzip(body: bytes) -> bytes:
    packer = zlib.compressobj(level=5, wbits=31)
    return packer.compress(body) + packer.flush()


_ENCODINGS: dict[str, Callable[[bytes], bytes]] = {"zstd": _zstd, "gzip": _gzip}


class Representation:
    """`ETag` and 304 for what GET is answered with (RFC 9110, section 13), and `Content-Encoding` for all text.

    The tag is weak, and a digest of the answer: it is the same in each encoding and on every replica.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start: Message | None = None

        async def send_on(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                if any(name == b"content-length" for name, _value in message["headers"]):
                    start = message
                    return
            elif start is not None:
                if message.get("more_body", False):  # in pieces after all
                    await send(start)
                    start = None
                else:
                    start, message = await _represented(scope, start, message.get("body", b""))
                    await send(start)
            await send(message)

        await self._app(scope, receive, send_on)


@lru_cache(maxsize=256)
def accepted(header: str) -> str | None:
    """The encoding for an `Accept-Encoding` (RFC 9110, section 12.5.3): the first of ours that is not refused."""
    weights: dict[str, float] = {}
    for part in header.lower().split(","):
        name, _, parameter = part.partition(";")
        try:
            weights[name.strip()] = float(parameter.strip().removeprefix("q=") or 1)
        except ValueError:
            weights[name.strip()] = 0.0
    return next((name for name in _ENCODINGS if weights.get(name, weights.get("*", 0.0)) > 0), None)


def unchanged(if_none_match: str | None, etag: str) -> bool:
    """Whether the client has this representation (weak comparison; RFC 9110, section 13.1.2)."""
    if if_none_match is None:
        return False
    held = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return "*" in held or etag.removeprefix("W/") in held


def _is_held(asked: dict[bytes, bytes], headers: dict[bytes, bytes], etag: bytes) -> bool:
    """Whether the client has this representation already, by its tag or else by the very date that we gave it."""
    if b"if-none-match" in asked:
        return unchanged(asked[b"if-none-match"].decode("latin-1"), etag.decode("latin-1"))
    return b"last-modified" in headers and asked.get(b"if-modified-since") == headers[b"last-modified"]


async def _represented(scope: Scope, start: Message, body: bytes) -> tuple[Message, Message]:
    asked, status, headers = dict(scope["headers"]), start["status"], dict(start["headers"])
    if len(headers) < len(start["headers"]):  # a header that stands twice, as cookies do: nothing that we make
        return start, {"type": "http.response.body", "body": body}
    text = headers.get(b"content-type", b"").startswith(_TEXT)
    if text:
        headers[b"vary"] = b", ".join(part for part in (headers.get(b"vary"), b"Accept-Encoding") if part)
    if scope["method"] == "GET" and status == HTTPStatus.OK:
        headers.setdefault(b"cache-control", b"no-cache")
        etag = headers.setdefault(b"etag", b'W/"%s"' % hashlib.sha256(body).hexdigest()[:24].encode())
        if _is_held(asked, headers, etag):
            status, body, text = HTTPStatus.NOT_MODIFIED, b"", False
            del headers[b"content-length"]
            headers.pop(b"content-type", None)
    if text and len(body) >= _SMALLEST and b"content-encoding" not in headers:
        encoding = accepted(asked.get(b"accept-encoding", b"").decode("latin-1"))
        if encoding is not None:
            encode = _ENCODINGS[encoding]
            body = encode(body) if len(body) < _LARGE else await asyncio.to_thread(encode, body)
            headers[b"content-encoding"], headers[b"content-length"] = encoding.encode(), b"%d" % len(body)
    return {**start, "status": int(status), "headers": list(headers.items())}, {
        "type": "http.response.body",
        "body": body,
    }
