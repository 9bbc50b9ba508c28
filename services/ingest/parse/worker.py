"""The child process in which feeds are parsed: `python -m services.ingest.parse.worker`, run by `parsers`.

Reads requests from stdin and answers on stdout until stdin ends. A request is a JSON document and then the body as it
is, an answer a JSON document, each after its length (4 bytes, big-endian). A request that takes too long ends the
process: it is killed by its own alarm even where its parent is dead. Entries that were read are kept for the next time.
"""

import signal
import sys
from typing import BinaryIO

from pydantic import BaseModel, TypeAdapter

from services.ingest.parse import NotAFeed, ParsedFeed, parse_feed
from services.ingest.parse.known_entries import KnownEntries

LENGTH_BYTES = 4
MOST_KEPT_BYTES = 64 * 2**20
"""Of entries; about 170 large feeds or 1,000 usual ones."""


class Request(BaseModel, frozen=True):
    """What comes before a body, which is to be parsed within `limit_s` seconds."""

    url: str
    content_type: str | None = None
    limit_s: float


class Refusal(BaseModel, frozen=True):
    """Why it is no feed."""

    reason: str


ANSWER: TypeAdapter[ParsedFeed | Refusal] = TypeAdapter(ParsedFeed | Refusal)


def framed(document: bytes) -> bytes:
    return len(document).to_bytes(LENGTH_BYTES, "big") + document


def _read_framed(stream: BinaryIO) -> bytes:
    """Empty at the stream's end."""
    return stream.read(int.from_bytes(stream.read(LENGTH_BYTES), "big"))


def main(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until `requests` ends."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)  # either may be sent to the whole group; the parent decides when to end
    known = KnownEntries(MOST_KEPT_BYTES)
    while document := _read_framed(requests):
        request = Request.model_validate_json(document)
        body = _read_framed(requests)
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, request.limit_s)
        answer: ParsedFeed | Refusal
        try:
            answer = parse_feed(body, url=request.url, content_type=request.content_type, known=known)
        except NotAFeed as error:
            answer = Refusal(reason=error.reason)
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)
        answers.write(framed(ANSWER.dump_json(answer)))
        answers.flush()


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
