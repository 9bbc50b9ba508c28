"""Parsing in child processes. It takes most of ingest's time, and feedparser and HTML have inputs on which time grows
with the square of size."""

import asyncio
from dataclasses import replace
from types import TracebackType
from typing import Self

from services.ingest.children import ChildFailed, Children
from services.ingest.outcomes import Fetched
from services.ingest.parse import Entry, NotAFeed, ParsedFeed
from services.ingest.parse.worker import ANSWER, ENTRIES, Refusal, Request


class Parsers:
    """Parses feeds while entered as a context, in up to `count` children. `limit_s` bounds each."""

    def __init__(self, *, limit_s: float = 20.0, count: int | None = None) -> None:
        self.children = Children("services.ingest.parse.worker", limit_s=limit_s, count=count)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End all children."""
        await self.children.close()

    async def parse(self, fetched: Fetched) -> ParsedFeed:
        """Raises `NotAFeed`, also for what takes too long or crashes the parser."""
        request = Request(url=fetched.url, content_type=fetched.content_type).model_dump_json().encode()
        try:
            first, *lines = (await self.children.ask(request, fetched.body, subject=fetched.url)).split(b"\n")
        except ChildFailed as error:
            raise NotAFeed(f"this {error}") from None
        answer = ANSWER.validate_json(first)
        if isinstance(answer, Refusal):
            raise NotAFeed(answer.reason)
        entries: list[Entry] = []
        for line in lines:
            entries += ENTRIES.validate_json(line)
            await asyncio.sleep(0)  # leases and other polls go on meanwhile
        return replace(answer, entries=tuple(entries))
