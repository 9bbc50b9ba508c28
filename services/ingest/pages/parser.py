"""Reading pages in child processes: trees of HTML from strangers may take any time and memory."""

import base64
import json
from types import TracebackType
from typing import Self

from services.ingest.children import ChildFailed, Children
from services.ingest.outcomes import Fetched
from services.ingest.pages.document import NoPage, Page
from services.ingest.pages.worker import ANSWER, LIMIT_S, Refusal


class PageParser:
    """Reads pages while entered as a context. `robot` is our name, as rules for robots have it."""

    def __init__(self, robot: str, *, limit_s: float = LIMIT_S, count: int = 1) -> None:
        self._children = Children("services.ingest.pages.worker", limit_s=limit_s, count=count)
        self._robot = robot.lower()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._children.__aexit__(kind, error, trace)

    async def parse(self, fetched: Fetched) -> Page:
        """Raises `NoPage`, also for what takes too long or crashes the reader."""
        request = {
            "body": base64.b64encode(fetched.body).decode(),
            "url": fetched.url,
            "content_type": fetched.content_type,
            "robot": self._robot,
        }
        try:
            answer = ANSWER.validate_json(await self._children.ask(json.dumps(request).encode()))
        except ChildFailed as error:
            raise NoPage(str(error)) from None
        if isinstance(answer, Refusal):
            raise NoPage(answer.reason)
        return answer
