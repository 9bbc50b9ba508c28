"""Who has a feed is not sent it again: by its tag, or by its date where that is sure."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from services.api.readmodel.model import ReadModel
from services.api.settings import ApiSettings
from services.wire.broker_url import BrokerUrl
from tests.api.conftest import Wire, over
from tests.api.events import at, enriched, published
from tests.api.output.feeds import FORMS

pytestmark = pytest.mark.anyio


class Applied:
    """A read model whose clock stands; readers come at the tests' one o'clock."""

    def __init__(self, wire: Wire, http: httpx.AsyncClient) -> None:
        self.wire, self.http = wire, http
        self.now = at(10)


@pytest.fixture
async def applied(tmp_path: Path) -> AsyncIterator[Applied]:
    settings = ApiSettings(redis_url=BrokerUrl.parse("redis://127.0.0.1:1/0"))
    here: list[Applied] = []

    def clock() -> datetime:
        return here[0].now if here else at(0)

    async with (
        ReadModel(tmp_path / "dateline.db", clock=clock) as model,
        Redis.from_url(str(settings.redis_url)) as redis,
        over(settings, model, redis) as http,
    ):
        here.append(Applied(Wire(model), http))
        del http.headers["Authorization"]
        yield here[0]


@pytest.mark.parametrize("form", FORMS)
async def test_by_the_date_of_the_last_change(applied: Applied, form: str) -> None:
    await applied.wire.tell(published(1), published(2))
    address = f"/v1/articles.{form}?q=article"
    first = await applied.http.get(address)
    assert first.headers["last-modified"] == "Sun, 01 Mar 2026 12:10:00 GMT"
    held = {"If-Modified-Since": first.headers["last-modified"]}
    again = await applied.http.get(address, headers=held)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    both = held | {"If-None-Match": '"another"'}
    assert (await applied.http.get(address, headers=both)).status_code == 200, "the tag goes before the date"
    applied.now = at(20)
    await applied.wire.tell(enriched(1, tags=("storms",)))
    news = await applied.http.get(address, headers=held)
    assert (news.status_code, news.headers["last-modified"]) == (200, "Sun, 01 Mar 2026 12:20:00 GMT")


async def test_no_date_is_given_while_the_same_second_may_bring_another_change(applied: Applied) -> None:
    applied.now = at(60 - 1 / 60)
    await applied.wire.tell(published(1))
    assert "last-modified" not in (await applied.http.get("/v1/articles.rss")).headers


async def test_an_empty_feed_has_a_tag_and_no_date(applied: Applied) -> None:
    answer = await applied.http.get("/v1/articles.atom")
    assert "last-modified" not in answer.headers
    assert "<updated>1970-01-01T00:00:00Z</updated>" in answer.text
    held = {"If-None-Match": answer.headers["etag"]}
    assert (await applied.http.get("/v1/articles.atom", headers=held)).status_code == 304


async def test_each_host_gets_its_own_addresses(applied: Applied) -> None:
    await applied.wire.tell(published(1))
    for host in ("one.example", "two.example"):
        answer = await applied.http.get("/v1/articles.jsonfeed", headers={"Host": host})
        assert answer.json()["feed_url"] == f"http://{host}/v1/articles.jsonfeed"
