"""`/v1/headlines`: the front page's lines, as text or JSON as the client likes."""

import httpx
import pytest

from services.api.http.headlines import HeadlineListing
from services.api.http.media import prefers_text
from tests.api.conftest import Wire
from tests.api.events import published

pytestmark = pytest.mark.anyio

TEXT = "- Ferry\nlate - 1 min ago\n".replace("\n", " ", 1) + "- Tram - about 1 hour ago\n"


@pytest.fixture
async def two(wire: Wire) -> None:
    await wire.tell(published(1, minutes=0, title="Tram"), published(2, minutes=59, title="Ferry\nlate"))


@pytest.mark.usefixtures("two")
async def test_the_text_has_one_line_a_headline(http: httpx.AsyncClient) -> None:
    answer = await http.get("/v1/headlines?format=text")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text == TEXT


@pytest.mark.usefixtures("two")
async def test_the_json_has_the_age_beside_the_time(http: httpx.AsyncClient) -> None:
    answer = await http.get("/v1/headlines?limit=1")
    listing = HeadlineListing.model_validate_json(answer.content)
    assert [(one.title, one.age, one.source) for one in listing.headlines] == [
        ("Ferry\nlate", "1 min ago", "Courier.Example")
    ]
    assert listing.next is not None
    following = await http.get(listing.next)
    assert [one["title"] for one in following.json()["headlines"]] == ["Tram"]


@pytest.mark.parametrize(
    ("accept", "text"),
    [
        ("", False),
        ("*/*", False),
        ("text/plain", True),
        ("text/*", True),
        ("application/json", False),
        ("text/plain, application/json", False),
        ("text/plain, application/json;q=0.9", True),
        ("text/plain;q=0.1, */*", False),
        ("text/html, */*;q=0.1", False),
        ("TEXT/PLAIN; q=1.0, application/json; q=high", True),
    ],
)
def test_the_accept_header_decides(accept: str, text: bool) -> None:
    assert prefers_text(accept) is text


@pytest.mark.usefixtures("two")
async def test_the_format_goes_before_the_accept_header(http: httpx.AsyncClient) -> None:
    as_json = await http.get("/v1/headlines?format=json", headers={"Accept": "text/plain"})
    assert as_json.headers["content-type"] == "application/json"
    as_text = await http.get("/v1/headlines", headers={"Accept": "text/plain"})
    assert as_text.text == TEXT
    assert "Accept" in as_text.headers["vary"].split(", ")
