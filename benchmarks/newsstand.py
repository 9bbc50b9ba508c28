"""A process that serves made-up feeds on loopback as slowly, and as badly, as the web does.

Run by `benchmarks.scale`: `python -m benchmarks.newsstand PORT FEEDS`. It listens on all of 127.0.0.0/8. `/f/7` is feed
number 7. Most answers come after a time that is lognormal around 150 ms, 2 % take some seconds. Of 100 feeds one never
answers, one breaks the connection, one answers 500, one 404, and three redirect for good. `/new/200` adds an entry to
200 feeds; `/asked` tells who asked for what when, and forgets it.
"""

import asyncio
import gzip
import json
import random
import sys
import time
from contextlib import suppress
from html import escape

from benchmarks.made_up import sentences

ENTRIES = 30
SLOW = 0.02
KINDS = {"stalls": 1, "breaks": 1, "500": 1, "404": 1, "moved": 3}


def kind_of(feed: int) -> str:
    """What a feed does, 100 by 100 the same."""
    place = feed % 100
    for kind, count in KINDS.items():
        if place < count:
            return kind
        place -= count
    return "good"


def latency(chance: random.Random) -> float:
    return chance.uniform(2, 8) if chance.random() < SLOW else chance.lognormvariate(0, 0.8) * 0.15


class Newsstand:
    def __init__(self, feeds: int) -> None:
        self._chance = random.Random(feeds)
        self._sentences = [escape(line) for line in sentences(5_000)]
        self._entries = [[self._entry(feed, number) for number in range(ENTRIES)] for feed in range(feeds)]
        self._bodies = [self._body(feed) for feed in range(feeds)]
        self._asked: list[tuple[int, str, float, int]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
            _, place, argument = head[0].split(" ")[1].split("/")[:3]
            await {"f": self._feed, "new": self._new, "asked": self._tell}[place](argument, headers, writer)
        writer.close()

    async def _feed(self, argument: str, headers: dict[str, str], writer: asyncio.StreamWriter) -> None:
        feed, kind = int(argument.rstrip("m")), kind_of(int(argument.rstrip("m")))
        status, body = 200, b""
        if kind == "stalls":
            self._asked.append((feed, headers["user-agent"], time.time(), 0))
            await asyncio.sleep(120)
        await asyncio.sleep(latency(self._chance))
        more = f'ETag: "{hash(self._bodies[feed])}"\r\nContent-Type: application/rss+xml\r\n'
        if kind == "breaks":
            writer.transport.abort()
            status = 0
        elif kind in ("500", "404"):
            status = int(kind)
        elif kind == "moved" and not argument.endswith("m"):
            status, more = 301, f"Location: /f/{feed}m\r\n"
        elif headers.get("if-none-match") == f'"{hash(self._bodies[feed])}"':
            status = 304
        else:
            body, more = self._bodies[feed], f"{more}Content-Encoding: gzip\r\n"
        self._asked.append((feed, headers["user-agent"], time.time(), status))
        await _answer(writer, status, more, body)

    async def _new(self, argument: str, _headers: dict[str, str], writer: asyncio.StreamWriter) -> None:
        good = [feed for feed in range(len(self._bodies)) if kind_of(feed) == "good"]
        for feed in self._chance.sample(good, int(argument)):
            self._entries[feed] = [self._entry(feed, time.time_ns()), *self._entries[feed][:-1]]
            self._bodies[feed] = self._body(feed)
        await _answer(writer, 200, "", b"{}")

    async def _tell(self, _argument: str, _headers: dict[str, str], writer: asyncio.StreamWriter) -> None:
        told, self._asked = self._asked, []
        await _answer(writer, 200, "", json.dumps(told).encode())

    def _entry(self, feed: int, number: int) -> str:
        lines = self._chance.choices(self._sentences, k=self._chance.randrange(5, 25))
        body = "".join(f"&lt;p>{line}&lt;/p>" for line in lines)
        link = f"https://{feed}.example/articles/{number}"
        return (
            f"<item><title>{lines[0][:70]} ({feed}/{number})</title><link>{link}</link><guid>{link}</guid>"
            f"<pubDate>Sun, 01 Mar 2026 12:{number % 60:02}:00 GMT</pubDate><description>{body}</description></item>"
        )

    def _body(self, feed: int) -> bytes:
        channel = f"<title>Made up {feed}</title><link>https://{feed}.example/</link>{''.join(self._entries[feed])}"
        return gzip.compress(f'<rss version="2.0"><channel>{channel}</channel></rss>'.encode(), 6)


async def _answer(writer: asyncio.StreamWriter, status: int, more: str, body: bytes) -> None:
    head = f"HTTP/1.1 {status} Told\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{more}\r\n"
    writer.write(head.encode() + body)
    await writer.drain()


async def main(port: int, feeds: int) -> None:
    stand = Newsstand(feeds)
    server = await asyncio.start_server(stand.serve, "0.0.0.0", port, backlog=1_000)
    print("open", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
