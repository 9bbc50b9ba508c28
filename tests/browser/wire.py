"""A real API on a real server, and a pen to write events with."""

import asyncio
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import httpx
from redis import Redis

from services.api.app import serve
from services.api.settings import ApiSettings
from services.contracts.articles import Article, ArticlePublished
from services.contracts.base import Contract
from services.contracts.enrichments import ArticleEnriched, Enrichment
from services.contracts.envelope import Event
from services.contracts.feeds import Feed
from services.contracts.stories import Story, StoryChanged
from services.contracts.streams import PAYLOAD, StreamNames
from services.wire.broker_url import BrokerUrl
from tests.api.page.samples import article_model, enrichment_model
from tests.conftest import Server, free_port

STREAMS = StreamNames()


class Wire:
    """The streams, and the API that reads them at `url`."""

    def __init__(self, server: Server, folder: Path, **settings: Any) -> None:
        self._redis = Redis.from_url(server.url)
        self._stories = 0
        port = free_port()
        given: dict[str, Any] = {"redis_url": BrokerUrl.parse(server.url), "database_path": folder / "dateline.db"}
        self._settings = ApiSettings(**(given | {"http_port": port, "consumer": "browser"} | settings))
        self._thread: threading.Thread | None = None
        self._stop: Callable[[], object] = lambda: None
        self.url = f"http://127.0.0.1:{port}"
        key = self._settings.admin_key
        self._headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}

    def start(self) -> None:
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="api")
        self._thread.start()
        self.until_ok("/readyz")

    async def _serve(self) -> None:
        """What the API's process runs, on a thread to save its seconds of importing."""
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        self._stop = lambda: loop.call_soon_threadsafe(stop.set)
        await serve(self._settings, stop)

    def stop(self) -> None:
        if self._thread and self._thread.is_alive():
            self._stop()
            self._thread.join(60)

    def close(self) -> None:
        self.stop()
        self._redis.close()

    def publish(self, title: str, *tags: str, minutes_ago: float = 0, wait: bool = True, **fields: object) -> UUID:
        """Publish and enrich an article, first seen `minutes_ago`. It can be read then, unless `wait` is off."""
        seen = datetime.now(UTC) - timedelta(minutes=minutes_ago)
        article = article_model(title, first_seen=seen, **fields)
        self.send(ArticlePublished, STREAMS.articles, f"{article.id}/1", article)
        self.enrich(article, *tags)
        if wait:
            self.until_enriched(article.id)
        return article.id

    def enrich(self, article: Article, *tags: str, version: int = 1) -> None:
        enrichment = enrichment_model(article, *tags, published=article.first_seen)
        enrichment = enrichment.model_copy(update={"version": version})
        self.send(ArticleEnriched, STREAMS.enrichments, f"{article.id}/1/{version}", enrichment)

    def tell(self, story: UUID, *joined: UUID, change: str = "grown", **fields: Any) -> None:
        """Say as enrich does what happened to the story that article `story` opened."""
        self._stories += 1
        now = datetime.now(UTC)
        shared = [{"text": "ferry", "weight": 0.31}, {"text": "place:norhaven", "weight": 0.2}]
        near = {"method": "similarity", "score": 0.61, "threshold": 0.42, "shared": shared, "nearest": story}
        begun = {"method": "opened", "score": 0.21, "threshold": 0.42, "nearest": uuid5(NAMESPACE_URL, "nothing")}
        given: dict[str, Any] = {
            "id": story, "sequence": self._stories, "change": change, "language": "en", "title": "The story",
            "title_from": story, "articles": 0, "sources": 0, "opened": now, "last": now, "terms": shared,
            "joined": [{"article": one, "because": begun if one == story else near} for one in joined],
        }  # fmt: skip
        self.send(StoryChanged, STREAMS.enrichments, f"{story}/{self._stories}", Story(**(given | fields)))

    def send(
        self,
        kind: "type[Event[Article] | Event[Enrichment] | Event[Feed] | Event[Story]]",
        stream: str,
        identity: str,
        data: Contract,
    ) -> None:
        event = kind.model_validate({"id": identity, "source": "/test", "time": datetime.now(UTC), "data": data})
        self._redis.xadd(stream, {PAYLOAD: event.to_wire()})

    def until_enriched(self, subject: UUID) -> None:
        self.until_ok(f"/v1/articles/{subject}", '"enriched":true')

    def until_ok(self, path: str, containing: str = "", within_s: float = 60.0) -> None:
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            try:
                answer = httpx.get(self.url + path, headers=self._headers)
                if answer.is_success and containing in answer.text:
                    return
            except httpx.TransportError:
                if self._thread is None or not self._thread.is_alive():
                    raise
            time.sleep(0.02)
        raise TimeoutError(f"{path} was not answered as expected")
