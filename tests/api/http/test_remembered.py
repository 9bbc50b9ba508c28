"""An answer is made once between two changes, and never after one."""

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from services.api.http.open_reading import OpenReading
from services.api.http.remembered import Remembered
from services.api.http.representation import Representation
from tests.api.conftest import Wire
from tests.api.events import article_id, at, published, revised

pytestmark = pytest.mark.anyio


class Site:
    """A server whose answers tell how many it made, and whose clock and commits are set by hand."""

    def __init__(self) -> None:
        self.made, self.commits, self.now = 0, 0, 100.0
        self.ready = asyncio.Event()
        self.ready.set()
        routes = [Route(path, self._answer) for path in ("/v1/articles", "/v1/articles/{id}", "/v1/else")]
        inner = Representation(Starlette(routes=routes))
        remembered = Remembered(inner, commits=lambda: self.commits, monotonic=lambda: self.now)
        app = OpenReading(remembered, ["https://paper.example"])
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://dateline.test")

    async def _answer(self, request: Request) -> Response:
        self.made += 1
        text, kind = f"answer {self.made}" + " of many words" * 100, request.query_params.get("kind")
        await self.ready.wait()
        if kind == "fails":
            raise RuntimeError("on purpose")
        if kind == "streamed":
            return StreamingResponse(iter([text]), media_type="application/json")
        if kind == "missing":
            return Response(text, 404)
        headers = {
            "private": {"Cache-Control": "private, no-cache"},
            "varies": {"Vary": "Cookie"},
            "cookie": {"Set-Cookie": "a=b"},
            "accept": {"Vary": "Accept"},
        }.get(kind or "")
        return Response(text, headers=headers, media_type="application/json")

    async def get(self, address: str = "/v1/articles", **headers: str) -> str:
        """The first two words."""
        answer = await self.client.get(address, headers=headers)
        return " ".join(answer.text.split()[:2])


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    async with site.client:
        yield site


async def test_an_answer_is_made_once_between_two_commits(site: Site) -> None:
    assert [await site.get(), await site.get(), await site.get("/v1/articles/7")] == [
        "answer 1",
        "answer 1",
        "answer 2",
    ]
    site.commits += 1
    assert [await site.get(), await site.get()] == ["answer 3", "answer 3"]


async def test_an_answer_is_made_anew_after_a_second(site: Site) -> None:
    await site.get()
    site.now = 100.9
    assert await site.get() == "answer 1"
    site.now = 101.0
    assert await site.get() == "answer 2"


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("/v1/articles?tag=a", {}),
        ("/v1/articles?tag=b", {}),
        ("/v1/articles", {"Accept": "text/plain"}),
        ("/v1/articles", {"Accept-Encoding": "gzip"}),
        ("/v1/articles", {"Accept-Encoding": "zstd"}),
    ],
)
async def test_what_asks_for_something_else_gets_another_answer(
    site: Site, address: str, headers: dict[str, str]
) -> None:
    asked = {"Accept-Encoding": "identity"} | headers
    await site.get(**{"Accept-Encoding": "identity"})
    assert await site.get(address, **asked) == "answer 2"
    assert await site.get(address, **asked) == "answer 2"


async def test_encodings_that_come_to_the_same_share_an_answer(site: Site) -> None:
    assert await site.get(**{"Accept-Encoding": "gzip, br"}) == await site.get(**{"Accept-Encoding": "gzip;q=0.5"})


async def test_who_has_the_answer_gets_a_304_that_spoils_it_for_nobody(site: Site) -> None:
    tag = (await site.client.get("/v1/articles")).headers["etag"]
    site.commits += 1
    known = await site.client.get("/v1/articles?kind=accept", headers={"If-None-Match": "*"})
    assert (known.status_code, known.content, known.headers["vary"]) == (304, b"", "Accept, Accept-Encoding, Origin")
    assert "content-length" not in known.headers
    assert (await site.client.get("/v1/articles?kind=accept")).text.startswith("answer 2")
    other = await site.client.get("/v1/articles?kind=accept", headers={"If-None-Match": tag})
    assert (other.status_code, site.made) == (200, 2)


@pytest.mark.parametrize("known", [{}, {"If-None-Match": "*"}], ids=["whole", "304"])
async def test_headers_that_one_reader_is_given_are_no_other_readers(site: Site, known: dict[str, str]) -> None:
    for _ in range(2):
        ours = await site.client.get("/v1/articles", headers={"Origin": "https://paper.example"} | known)
        assert ours.headers["access-control-allow-origin"] == "https://paper.example"
        others = await site.client.get("/v1/articles", headers={"Origin": "https://else.example"} | known)
        assert "access-control-allow-origin" not in others.headers
    assert site.made == 1


@pytest.mark.parametrize("kind", ["fails", "missing", "streamed", "private", "varies", "cookie"])
async def test_what_may_not_be_the_same_for_all_is_not_remembered(site: Site, kind: str) -> None:
    for made in (1, 2):
        await site.get(f"/v1/articles?kind={kind}")
        assert site.made == made


async def test_nothing_else_is_remembered(site: Site) -> None:
    await site.client.post("/v1/articles")
    assert [await site.get("/v1/else"), await site.get("/v1/else")] == ["answer 1", "answer 2"]


@pytest.mark.parametrize(("kind", "made"), [("accept", 1), ("fails", 3), ("missing", 3)])
async def test_who_asks_while_an_answer_is_being_made_waits_for_it(site: Site, kind: str, made: int) -> None:
    site.ready.clear()
    asking = [asyncio.create_task(site.get(f"/v1/articles?kind={kind}")) for _ in range(3)]
    await _turns(lambda: site.made == 1)
    site.ready.set()
    answers = await asyncio.gather(*asking)
    assert site.made == made
    assert made == 3 or set(answers) == {"answer 1"}


async def test_an_answer_begun_before_a_commit_is_not_given_to_who_asks_after_it(site: Site) -> None:
    site.ready.clear()
    early = asyncio.create_task(site.get())
    await _turns(lambda: site.made == 1)
    site.commits += 1
    late = asyncio.create_task(site.get())
    await _turns(lambda: site.made == 2)
    site.ready.set()
    assert [await early, await late, await site.get()] == ["answer 1", "answer 2", "answer 2"]


async def test_who_gives_up_takes_nobody_along(site: Site) -> None:
    site.ready.clear()
    first = asyncio.create_task(site.get())
    await _turns(lambda: site.made == 1)
    second = asyncio.create_task(site.get())
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.wait([first])
    site.ready.set()
    assert await second == "answer 2"


async def test_what_the_read_model_took_in_is_served_at_once(wire: Wire, http: httpx.AsyncClient) -> None:
    for number in range(5):
        await wire.tell(published(number, minutes=number))
        listed = (await http.get("/v1/articles")).json()["articles"]
        assert [article["id"] for article in listed] == [str(article_id(known)) for known in range(number, -1, -1)]
        await wire.tell(revised(number, minutes=number, title="Revised", seen=at(number + 1)))
        assert (await http.get("/v1/headlines")).json()["headlines"][0]["title"] == "Revised"
        assert (await http.get(f"/v1/articles/{article_id(number)}")).json()["revision"] == 2


async def _turns(until: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not until():
            await asyncio.sleep(0)
