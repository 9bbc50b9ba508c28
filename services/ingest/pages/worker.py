"""The child process in which pages are read: `python -m services.ingest.pages.worker SECONDS`, run by `parser`."""

from pydantic import BaseModel, TypeAdapter

from services.ingest.children import answer_requests
from services.ingest.pages.document import NoPage, Page, read_page


class Request(BaseModel, frozen=True):
    """What comes before a page's body. `robot` is our name in lower case."""

    url: str
    content_type: str | None = None
    robot: str


class Refusal(BaseModel, frozen=True):
    """Why it is no page."""

    reason: str


ANSWER: TypeAdapter[Page | Refusal] = TypeAdapter(Page | Refusal)


def answer(document: bytes, body: bytes) -> bytes:
    request = Request.model_validate_json(document)
    found: Page | Refusal
    try:
        found = read_page(body, url=request.url, content_type=request.content_type, robot=request.robot)
    except NoPage as error:
        found = Refusal(reason=error.reason)
    return ANSWER.dump_json(found)


if __name__ == "__main__":
    answer_requests(answer)
