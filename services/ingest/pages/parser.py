"""Reading pages in child processes: trees of HTML from strangers may take any time and memory."""

from types import TracebackType
from typing import Self

from services.ingest.children import ChildFailed, Children
from services.ingest.outcomes import Fetched
from services.ingest.pages.document import NoPage, Page
from services.ingest.pages.worker import ANSWER, Refusal, Request


class PageParser:
    """Reads pages while entered as a context. `robot` is our name, as rules for robots have it."""

    def __init__(self, robot: str, *, limit_s: float = 20.0, count: int = 1) -> None:
        self._children = Children("services.ingest.pages.worker", limit_s=limit_s, count=count)
        self._robot = robot.lower()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._children.close()

    async def parse(self, fetched: Fetched) -> Page:
        """Raises `NoPage`, also for what takes too long or crashes the reader."""
        request = Request(url=fetched.url, content_type=fetched.content_type, robot=self._robot)
        try:
            found = await self._children.ask(request.model_dump_json().encode(), fetched.body, subject=fetched.url)
        except ChildFailed as error:
            raise NoPage(f"it {error}") from None
        answer = ANSWER.validate_json(found)
        if isinstance(answer, Refusal):
            raise NoPage(answer.reason)
        return answer
