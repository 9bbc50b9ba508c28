"""What is sent to be published or imported, and what is refused of it."""

from typing import Any

import httpx
import pytest

from services.contracts.opml import read_opml
from tests.api.conftest import Wire
from tests.api.events import feed_changed
from tests.api.http.test_problems import problem

pytestmark = pytest.mark.anyio

ARTICLE = {"title": "Ferry", "url": "https://courier.example/ferry"}
URL = "https://courier.example/feed.xml"
OPML = '<opml version="2.0"><body><outline text="Courier" xmlUrl="https://courier.example/feed.xml"/></body></opml>'


@pytest.mark.parametrize(
    ("body", "parameter", "detail"),
    [
        ({"url": "https://courier.example/ferry"}, "title", "required"),
        ({"title": "Ferry"}, "url", "needs a `url` or a `key`"),
        (ARTICLE | {"title": " \u0007 "}, "title", "characters that can be seen"),
        (ARTICLE | {"title": "a" * 1001}, "title", "at most 1000"),
        (ARTICLE | {"url": "/ferry"}, "url", "whole http or https URL"),
        (ARTICLE | {"url": "https://a%20b.example/"}, "url", "no host"),
        (ARTICLE | {"image": "data:image/png;base64,AA"}, "image", "whole http or https URL"),
        (ARTICLE | {"published": "1" * 101}, "published", "at most 100"),
        (ARTICLE | {"published": 1772323200}, "published", "valid string"),
        (ARTICLE | {"authors": "Jo Berg"}, "authors", "valid tuple"),
        (ARTICLE | {"categories": ["a"] * 101}, "categories", "at most 100"),
        (
            ARTICLE | {"enclosures": [{"url": "https://e.example/a.mp3", "length": -1}]},
            "enclosures.0.length",
            "than or",
        ),
        (ARTICLE | {"source": "Courier"}, "source", "valid dictionary"),
        (ARTICLE | {"body": "x"}, "body", "not permitted"),
    ],
)
async def test_an_article_that_cannot_be_is_refused(
    http: httpx.AsyncClient, body: Any, parameter: str, detail: str
) -> None:
    document = problem(await http.post("/v1/articles", json=body), 422)
    assert document.parameter == parameter
    assert detail in document.detail


async def test_half_a_character_is_refused(http: httpx.AsyncClient) -> None:
    """JSON can say it, UTF-8 cannot."""
    answer = await http.post(
        "/v1/articles", content=b'{"title": "\\ud800", "key": "1"}', headers={"Content-Type": "application/json"}
    )
    assert problem(answer, 422).parameter == "title"


@pytest.mark.parametrize(
    ("header", "key", "detail"),
    [("k-1", "k-2", "another than the `key`"), (" ", None, "1 to 500"), ("k" * 501, None, "1 to 500")],
)
async def test_a_key_that_contradicts_or_cannot_be_is_refused(
    http: httpx.AsyncClient, header: str, key: str | None, detail: str
) -> None:
    body = {"title": "Ferry"} | ({"key": key} if key else {})
    document = problem(await http.post("/v1/articles", json=body, headers={"Idempotency-Key": header}), 422)
    assert document.parameter == "Idempotency-Key"
    assert detail in document.detail


async def test_a_page_of_another_site_cannot_make_a_browser_submit(http: httpx.AsyncClient) -> None:
    """It could send plain text without asking first; JSON only where the API allowed it, which it does not."""
    answer = await http.post("/v1/articles", content=b'{"title":"x"}', headers={"Content-Type": "text/plain"})
    assert problem(answer, 422).parameter == "body"


@pytest.mark.parametrize(
    ("address", "kind", "limit"),
    [
        ("/v1/articles", "application/json", 1_000_000),
        ("/v1/feeds", "application/json", 100_000),
        ("/v1/feeds.opml", "text/x-opml", 5_000_000),
    ],
)
@pytest.mark.parametrize("declared", [True, False], ids=["declared", "in chunks"])
async def test_a_body_that_is_too_large_is_refused_and_not_kept(
    http: httpx.AsyncClient, address: str, kind: str, limit: int, declared: bool
) -> None:
    async def chunks() -> Any:
        for _ in range(limit // 10_000 + 1):
            yield b" " * 10_000

    content = b" " * (limit + 1) if declared else chunks()
    document = problem(await http.post(address, content=content, headers={"Content-Type": kind}), 413)
    assert document.type == "/docs#too-large"
    assert f"{limit:,} bytes" in document.detail


@pytest.mark.parametrize(
    ("body", "parameter", "detail"),
    [
        ({"title": ""}, "title", "at least 1"),
        ({"tags": [""]}, "tags.0", "at least 1"),
        ({"poll_min_s": 0}, "poll_min_s", "greater than 0"),
        ({"poll_max_s": 1e9}, "poll_max_s", "less than or equal"),
        ({"poll_min_s": 600, "poll_max_s": 60}, "poll_min_s", "(600 s) would be longer than the longest (60 s)"),
        ({"poll_max_s": 60}, "poll_max_s", "(300 s) would be longer than the longest (60 s)"),
        ({"url": "https://e.example/"}, "url", "not permitted"),
        ({"full_text": "perhaps"}, "full_text", "boolean"),
    ],
)
async def test_an_edit_that_cannot_be_is_refused(
    http: httpx.AsyncClient, wire: Wire, body: Any, parameter: str, detail: str
) -> None:
    feed = feed_changed(URL, poll_min_s=300)
    await wire.tell(feed)
    document = problem(await http.patch(f"/v1/feeds/{feed.data.id}", json=body), 422)
    assert document.parameter == parameter
    assert detail in document.detail


async def test_bounds_that_contradict_each_other_are_refused_when_a_feed_is_added(http: httpx.AsyncClient) -> None:
    answer = await http.post("/v1/feeds", json={"url": URL, "poll_min_s": 2, "poll_max_s": 1})
    assert problem(answer, 422).parameter == "poll_min_s"


async def test_an_edit_of_no_feed_is_a_404(http: httpx.AsyncClient) -> None:
    problem(await http.patch("/v1/feeds/be0416cd-75f4-53ba-9675-f96bdbbfca38", json={"title": "x"}), 404)


async def test_all_feeds_are_given_away_as_a_list(http: httpx.AsyncClient, wire: Wire) -> None:
    await wire.tell(
        feed_changed(URL, title="The <Courier> & “co”", site="https://courier.example/", tags=["local", "a, b"]),
        feed_changed("https://b.example/feed", title=None, site=None, tags=[]),
        feed_changed("https://gone.example/feed", status="removed"),
    )
    answer = await http.get("/v1/feeds.opml")
    assert answer.headers["content-type"] == "text/x-opml; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="dateline-feeds.opml"'
    found = {feed.url: (feed.title, feed.site, feed.tags) for feed in read_opml(answer.content, name="export")}
    assert found == {
        URL: ("The <Courier> & “co”", "https://courier.example/", ("local", "a, b")),
        "https://b.example/feed": (None, None, ()),
    }


@pytest.mark.parametrize(
    ("content", "kind", "status", "detail"),
    [
        (b"<opml>\n<body>\n<outline></body></opml>", "text/xml", 422, "the list, line 3: mismatched tag"),
        (b"<rss/>", "application/xml; charset=utf-8", 422, "this is <rss>, not <opml>"),
        (OPML.encode(), "text/plain", 415, "send text/x-opml or multipart/form-data"),
        (OPML.encode(), "multipart/form-data", 422, "the form has no file"),
        (b"--b\r\n\r\nx\r\n--b--", "multipart/form-data; boundary=b", 422, "the form has no file"),
    ],
)
async def test_what_is_no_list_is_refused_with_its_line(
    http: httpx.AsyncClient, content: bytes, kind: str, status: int, detail: str
) -> None:
    answer = await http.post("/v1/feeds.opml", content=content, headers={"Content-Type": kind})
    assert detail in problem(answer, status).detail


async def test_a_broken_upload_is_named_as_its_file_is(http: httpx.AsyncClient) -> None:
    answer = await http.post("/v1/feeds.opml", files={"file": ("my list.opml", b"<opml>\n<", "text/x-opml")})
    assert "my list.opml, line 2" in problem(answer, 422).detail


async def test_a_list_of_what_is_known_changes_nothing_and_says_what_it_refuses(
    http: httpx.AsyncClient, wire: Wire
) -> None:
    """Redis is away here: nothing is asked of it."""
    await wire.tell(feed_changed(URL, title="Courier", tags=[]))
    odd = OPML.replace("<body>", '<body><outline xmlUrl="ftp://e.example/"/><outline xmlUrl="http://e.example:0/"/>')
    answer = await http.post("/v1/feeds.opml", files={"file": ("list.opml", odd.encode(), "text/x-opml")})
    assert answer.status_code == 202
    assert answer.json() == {
        "added": 0,
        "edited": 0,
        "known": 1,
        "refused": [
            {"url": "ftp://e.example/", "reason": "its xmlUrl is no whole http or https URL"},
            {
                "url": "http://e.example:0/",
                "reason": "url: must be a whole http or https URL, such as https://example.org/feed.xml",
            },
        ],
    }
