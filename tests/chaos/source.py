"""A publisher on loopback, and the oracle: it knows what it said last of every article."""

import asyncio
import hashlib
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from tests.chaos.prose import Occasion, Prose

FEEDS = 20
REVISIONS = 0.25
"""Part of what is published that revises an earlier article."""


@dataclass(slots=True)
class Published:
    """An article as its publisher has it by now. `version` counts from 1; titles name it, and so does nothing else."""

    url: str
    version: int
    body: str
    minute: int
    about: Occasion | None = None

    @property
    def title(self) -> str:
        return f"{self.body.split('.')[0]} (version {self.version})"


class Source:
    """Twenty feeds that list all they ever had. `articles` is by URL what must be served in the end."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._prose = Prose(self._chance)
        self._feeds: list[list[Published]] = [[] for _ in range(FEEDS)]
        self._bodies: dict[int, tuple[str, bytes]] = {}
        self.articles: dict[str, Published] = {}
        self.published = 0
        self.port = 0

    def urls(self) -> list[str]:
        return [f"http://127.0.0.1:{self.port}/{number}.xml" for number in range(FEEDS)]

    async def publish(self, per_second: float) -> None:
        """New and revised articles, so many a second, until cancelled."""
        loop = asyncio.get_running_loop()
        begun, before = loop.time(), self.published
        while True:
            await asyncio.sleep(0.05)
            while self.published - before < (loop.time() - begun) * per_second:
                self.publish_one()

    def publish_one(self) -> None:
        self.published += 1
        number = self._chance.randrange(FEEDS)
        feed, language = self._feeds[number], self._prose.language(number)
        self._bodies.pop(number, None)
        if feed and self._chance.random() < REVISIONS:
            revised = self._chance.choice(feed[:50])
            revised.version += 1
            if revised.about:
                revised.body = self._prose.write(language, revised.about)
            return
        about = self._prose.choose(language)
        body = self._prose.write(language, about)
        article = Published(f"https://bureau-{number}.example/reports/{len(feed)}", 1, body, len(feed), about)
        feed.insert(0, article)
        self.articles[article.url] = article

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Source"]:
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield self

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            number = int(head.split(" ", 2)[1].strip("/").removesuffix(".xml"))
            etag, body = self._document(number)
            unchanged = f"if-none-match: {etag}" in head.lower()
            status, body = ("304 Not Modified", b"") if unchanged else ("200 OK", body)
            writer.write(
                f"HTTP/1.1 {status}\r\nContent-Type: application/rss+xml\r\nETag: {etag}\r\n"
                f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
                + body
            )
            await writer.drain()
        writer.close()

    def _document(self, number: int) -> tuple[str, bytes]:
        if number not in self._bodies:
            entries = "".join(map(_entry, self._feeds[number]))
            channel = f"<title>Bureau {number}</title><link>https://bureau-{number}.example/</link>{entries}"
            body = f'<rss version="2.0"><channel>{channel}</channel></rss>'.encode()
            self._bodies[number] = f'"{hashlib.sha256(body).hexdigest()[:16]}"', body
        return self._bodies[number]


def _entry(article: Published) -> str:
    moment = f"Sun, 01 Mar 2026 {article.minute // 60 % 24:02}:{article.minute % 60:02}:00 GMT"
    return (
        f"<item><title>{article.title}</title><link>{article.url}</link><guid>{article.url}</guid>"
        f"<pubDate>{moment}</pubDate><description>{article.body}</description></item>"
    )
