"""A read model of its own for each test, and the HTTP application over it."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from services.api.app import Running, create_app
from services.api.live.hub import Hub
from services.api.readmodel.changes import Change, Incoming
from services.api.readmodel.model import ReadModel
from services.api.readmodel.position import EntryId, Stream
from services.api.settings import ApiSettings
from services.contracts.articles import ArticleListed, ArticlePublished, ArticleRevised
from services.contracts.enrichments import ArticleEnriched
from services.contracts.feeds import FeedChanged
from services.contracts.stories import StoryChanged
from services.wire.broker_url import BrokerUrl
from tests.api.events import at
from tests.conftest import ADMIN_KEY, AS_ADMIN

Told = ArticlePublished | ArticleRevised | ArticleListed | ArticleEnriched | StoryChanged | FeedChanged


class Wire:
    """A read model, and events for it: each gets the next entry id of its stream."""

    def __init__(self, model: ReadModel) -> None:
        self.model = model
        self._entries = 0

    async def tell(self, *events: Told) -> list[Change]:
        """Apply the events one batch each."""
        changes: list[Change] = []
        for event in events:
            changes += await self.tell_batch([event])
        return changes

    async def tell_batch(self, events: Sequence[Told]) -> list[Change]:
        """Apply events of one stream as one batch."""
        batch = []
        for event in events:
            self._entries += 1
            batch.append(Incoming(EntryId(self._entries), event))
        return await self.model.apply(stream_of(events[0]), batch)


def stream_of(event: Told) -> Stream:
    if isinstance(event, ArticleEnriched | StoryChanged):
        return Stream.ENRICHMENTS
    return Stream.FEEDS if isinstance(event, FeedChanged) else Stream.ARTICLES


@pytest.fixture
async def model(tmp_path: Path) -> AsyncIterator[ReadModel]:
    async with ReadModel(tmp_path / "dateline.db") as model:
        yield model


@pytest.fixture
async def wire(model: ReadModel) -> Wire:
    return Wire(model)


@pytest.fixture
async def http(model: ReadModel) -> AsyncIterator[httpx.AsyncClient]:
    """The application without Redis: for everything but commands, the live stream and readiness."""
    settings = ApiSettings(redis_url=BrokerUrl.parse("redis://127.0.0.1:1/0"), admin_key=SecretStr(ADMIN_KEY))
    async with Redis.from_url(str(settings.redis_url)) as redis, over(settings, model, redis) as client:
        yield client


def over(settings: ApiSettings, model: ReadModel, redis: Redis) -> httpx.AsyncClient:
    app = create_app(settings, Running(model, Hub(), redis, []), clock=lambda: at(60))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://dateline.test", headers=AS_ADMIN)
