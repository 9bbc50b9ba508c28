"""The child process in which feeds are parsed: `python -m services.ingest.parse.worker`, run by `parsers`.

Reads requests from stdin and answers on stdout, each a JSON document after its length (4 bytes, big-endian), until
stdin ends. A request that takes too long ends the process: it is killed by its own alarm even where its parent is dead.
"""

import signal
import sys
from typing import BinaryIO

from pydantic import Base64Bytes, BaseModel, TypeAdapter

from services.ingest.parse import NotAFeed, ParsedFeed, parse_feed

LENGTH_BYTES = 4


class Request(BaseModel, frozen=True):
    """A body to be parsed within `limit_s` seconds."""

    body: Base64Bytes
    url: str
    content_type: str | None = None
    limit_s: float


class Refusal(BaseModel, frozen=True):
    """Why it is no feed."""

    reason: str


ANSWER: TypeAdapter[ParsedFeed | Refusal] = TypeAdapter(ParsedFeed | Refusal)


def framed(document: bytes) -> bytes:
    return len(document).to_bytes(LENGTH_BYTES, "big") + document


def main(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until `requests` ends."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)  # either may be sent to the whole group; the parent decides when to end
    while len(length := requests.read(LENGTH_BYTES)) == LENGTH_BYTES:
        request = Request.model_validate_json(requests.read(int.from_bytes(length, "big")))
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, request.limit_s)
        answer: ParsedFeed | Refusal
        try:
            answer = parse_feed(request.body, url=request.url, content_type=request.content_type)
        except NotAFeed as error:
            answer = Refusal(reason=error.reason)
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0)
        answers.write(framed(ANSWER.dump_json(answer)))
        answers.flush()


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
