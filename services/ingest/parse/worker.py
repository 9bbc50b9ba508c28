"""The child process in which feeds are parsed: `python -m services.ingest.parse.worker SECONDS`, run by `parsers`.
Entries that were read are kept for the next time."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from pydantic import BaseModel, TypeAdapter

from services.ingest.children import answer_requests
from services.ingest.parse import Entry, NotAFeed, ParsedFeed, parse_feed
from services.ingest.parse.known_entries import KnownEntries

MOST_KEPT_BYTES = 64 * 2**20
"""Of entries; about 170 large feeds or 1,000 usual ones."""


class Request(BaseModel, frozen=True):
    """What comes before a body."""

    url: str
    content_type: str | None = None


class Refusal(BaseModel, frozen=True):
    """Why it is no feed."""

    reason: str


ANSWER: TypeAdapter[ParsedFeed | Refusal] = TypeAdapter(ParsedFeed | Refusal)
"""The first line of an answer; a feed is without its entries there."""

ENTRIES: TypeAdapter[tuple[Entry, ...]] = TypeAdapter(tuple[Entry, ...])
"""Each further line, so that who reads it can do other things between two lines."""

_OF_A_LINE = 500


def answer(document: bytes, body: bytes, *, known: KnownEntries) -> bytes:
    request = Request.model_validate_json(document)
    try:
        found = parse_feed(body, url=request.url, content_type=request.content_type, known=known)
    except NotAFeed as error:
        return ANSWER.dump_json(Refusal(reason=error.reason))
    return b"\n".join(_lines(found))


def _lines(found: ParsedFeed) -> Iterator[bytes]:
    yield ANSWER.dump_json(replace(found, entries=()))
    for start in range(0, len(found.entries), _OF_A_LINE):
        yield ENTRIES.dump_json(found.entries[start : start + _OF_A_LINE])


if __name__ == "__main__":
    answer_requests(partial(answer, known=KnownEntries(MOST_KEPT_BYTES)))
