"""The child process in which pages are read: `python -m services.ingest.pages.worker`, run by `parser`."""

import sys

from pydantic import Base64Bytes, BaseModel, TypeAdapter

from services.ingest.children import answer_requests
from services.ingest.pages.document import NoPage, Page, read_page

LIMIT_S = 20.0


class Request(BaseModel, frozen=True):
    """A page's body. `robot` is our name in lower case."""

    body: Base64Bytes
    url: str
    content_type: str | None = None
    robot: str


class Refusal(BaseModel, frozen=True):
    """Why it is no page."""

    reason: str


ANSWER: TypeAdapter[Page | Refusal] = TypeAdapter(Page | Refusal)


def answer(document: bytes) -> bytes:
    request = Request.model_validate_json(document)
    found: Page | Refusal
    try:
        found = read_page(request.body, url=request.url, content_type=request.content_type, robot=request.robot)
    except NoPage as error:
        found = Refusal(reason=error.reason)
    return ANSWER.dump_json(found)


if __name__ == "__main__":
    answer_requests(sys.stdin.buffer, sys.stdout.buffer, answer, LIMIT_S + 1)
