"""The child process in which feeds are parsed: `python -m services.ingest.parse.worker SECONDS`, run by `parsers`.
Entries that were read are kept for the next time."""

from functools import partial

from pydantic import BaseModel, TypeAdapter

from services.ingest.children import answer_requests
from services.ingest.parse import NotAFeed, ParsedFeed, parse_feed
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


def answer(document: bytes, body: bytes, *, known: KnownEntries) -> bytes:
    request = Request.model_validate_json(document)
    found: ParsedFeed | Refusal
    try:
        found = parse_feed(body, url=request.url, content_type=request.content_type, known=known)
    except NotAFeed as error:
        found = Refusal(reason=error.reason)
    return ANSWER.dump_json(found)


if __name__ == "__main__":
    answer_requests(partial(answer, known=KnownEntries(MOST_KEPT_BYTES)))
