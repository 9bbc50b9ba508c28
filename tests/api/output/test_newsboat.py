"""A real reader of feeds (newsboat, from Debian) reads what is served, and is not sent what it has."""

import asyncio
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from tests.api.events import article_id, enriched, published
from tests.api.output.feeds import difficult
from tests.api.serving import put, served, settings_for
from tests.conftest import Server

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(
        shutil.which("newsboat") is None, reason="no newsboat on PATH; on Debian: apt-get install newsboat"
    ),
]


class Newsboat:
    """With its own list of feeds and its own cache."""

    def __init__(self, folder: Path, base: str) -> None:
        folder.mkdir()
        self._urls, self._cache, self._log = folder / "urls", folder / "cache.db", folder / "log"
        (folder / "config").write_text('show-read-feeds yes\nsuppress-first-reload no\nuser-agent "newsboat"\n')
        self._config, self.base = folder / "config", base

    def subscribe(self, *addresses: str) -> None:
        self._urls.write_text("".join(f"{self.base}{address}\n" for address in addresses))

    async def reload(self) -> None:
        """As its users do with a key, or from cron."""
        process = await asyncio.create_subprocess_exec(
            "newsboat", "-q", "-u", self._urls, "-c", self._cache, "-C", self._config, "-d", self._log, "-l", "6",
            "-x", "reload", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await process.communicate()
        assert process.returncode == 0, said.decode()

    async def import_list(self, opml: Path) -> None:
        process = await asyncio.create_subprocess_exec(
            "newsboat", "-q", "-u", self._urls, "-c", self._cache, "-C", self._config, "-i", opml,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await process.communicate()
        assert process.returncode == 0, said.decode()

    @property
    def received(self) -> list[bool]:
        """Of each time that it asked, whether something came."""
        return [bool(data.strip()) for data in re.findall(r"retrieved data for \S+: (.*)", self._log.read_text())]

    @property
    def subscribed(self) -> str:
        return self._urls.read_text()

    def rows(self, query: str) -> list[Any]:
        with sqlite3.connect(self._cache) as cache:
            found = cache.execute(query).fetchall()
        cache.close()
        return found


@pytest.fixture
async def client(server: Server, redis: Redis, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with served(settings_for(server, tmp_path)) as client:
        await put(redis, *difficult())
        await _until_found(client, "q=lang:de OR lang:en", 2)
        yield client


async def _until_found(client: httpx.AsyncClient, query: str, count: int) -> None:
    async with asyncio.timeout(60):
        while len((await client.get(f"/v1/articles?{query}")).json()["articles"]) < count:
            await asyncio.sleep(0.02)


@pytest.fixture
def newsboat(client: httpx.AsyncClient, tmp_path: Path) -> Newsboat:
    return Newsboat(tmp_path / "newsboat", str(client.base_url).rstrip("/"))


@pytest.mark.parametrize("form", ["rss", "atom"])
async def test_newsboat_reads_it(newsboat: Newsboat, form: str) -> None:
    newsboat.subscribe(f"/v1/articles.{form}")
    await newsboat.reload()
    assert newsboat.rows("SELECT title FROM rss_feed") == [("Dateline",)]
    found = dict(newsboat.rows("SELECT guid, title FROM rss_item"))
    assert set(found) == {article_id(number).urn for number in (1, 2, 3)}
    assert found[article_id(1).urn].startswith("Rain & ")
    [(author, content, enclosure)] = newsboat.rows(
        f"SELECT author, content, enclosure_url FROM rss_item WHERE guid = '{article_id(1).urn}'"
    )
    assert author == "Jane <Doe>"
    assert "<p>Tom &amp; Ann" in content
    assert enclosure.startswith("https://courier.example/1.")


async def test_newsboat_is_told_that_nothing_changed_and_then_what_is_new(
    newsboat: Newsboat, redis: Redis, client: httpx.AsyncClient
) -> None:
    newsboat.subscribe("/v1/articles.atom?q=article")
    await newsboat.reload()
    await newsboat.reload()  # it keeps the tag when it reads a feed for the second time
    [(etag,)] = newsboat.rows("SELECT etag FROM rss_feed")
    assert etag.startswith('W/"')
    await newsboat.reload()
    assert newsboat.received == [True, True, False], "nothing came with a 304"
    assert newsboat.rows("SELECT count(*) FROM rss_item") == [(2,)]
    await put(redis, published(9, minutes=30), enriched(9, minutes=30))
    await _until_found(client, "q=intitle:9", 1)
    await newsboat.reload()
    assert newsboat.rows("SELECT count(*) FROM rss_item") == [(3,)]


async def test_newsboat_imports_all_saved_searches(
    newsboat: Newsboat, client: httpx.AsyncClient, tmp_path: Path
) -> None:
    for q in ("rain", "article -rain"):
        assert (await client.post("/v1/searches", json={"name": f"About {q}", "q": q})).status_code == 201
    listed = tmp_path / "searches.opml"
    listed.write_bytes((await client.get("/v1/searches.opml")).content)
    newsboat.subscribe()
    await newsboat.import_list(listed)
    assert newsboat.subscribed.count("/feed.atom") == 2
    await newsboat.reload()
    assert sorted(newsboat.rows("SELECT title FROM rss_feed")) == [("About article -rain",), ("About rain",)]
    assert newsboat.rows("SELECT count(*) FROM rss_item") == [(3,)]
