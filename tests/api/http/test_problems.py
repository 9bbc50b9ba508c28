"""Everything that can be wrong with a request has an answer that says what, where, and what would be right."""

from typing import Any

import httpx
import pytest

from services.api.http.problems import ProblemDocument
from services.api.readmodel.filters import Cursor
from services.api.readmodel.model import ReadModel
from tests.api.events import article_id

pytestmark = pytest.mark.anyio

A_FEED = "/v1/feeds/be0416cd-75f4-53ba-9675-f96bdbbfca38"


def problem(answer: httpx.Response, status: int) -> ProblemDocument:
    assert answer.headers["content-type"] == "application/problem+json"
    document = ProblemDocument.model_validate_json(answer.content)
    assert answer.status_code == document.status == status
    assert document.instance == answer.request.url.path
    return document


@pytest.mark.parametrize(
    ("address", "parameter", "detail"),
    [
        ("/v1/articles?color=red", "color", "there are: changed_since, cursor, feed, fields, fold"),
        ("/v1/articles?Tag=a", "Tag", "no parameter 'Tag'"),
        ("/v1/articles?limit=2&limit=3", "limit", "only once"),
        ("/v1/articles?limit=0", "limit", "limit='0': Input should be greater than or equal to 1"),
        ("/v1/articles?limit=501", "limit", "less than or equal to 500"),
        ("/v1/articles?limit=many", "limit", "valid integer"),
        ("/v1/articles?cursor=AAAA", "cursor", "take it from `next`"),
        ("/v1/articles?cursor=%C3%A4", "cursor", "take it from `next`"),
        ("/v1/articles?since=yesterday", "since", "neither a date (2026-03-01) nor an instant"),
        ("/v1/articles?since=2026-02-30", "since", "neither a date"),
        ("/v1/articles?until=2026-03-01T09:00:00", "until", "needs its zone"),
        ("/v1/articles?until=2026-03-01T09:00:00+01:00", "until", "in a URL + is written %2B"),
        ("/v1/articles?since=0001-01-01T00:00:00%2B01:00", "since", "before the year 1"),
        ("/v1/articles?until=9999-12-31T23:59:59-01:00", "until", "after the year 9999"),
        ("/v1/articles?feed=courier", "feed", "neither the id nor the URL of a feed"),
        ("/v1/articles?tag=", "tag", "at least 1 character"),
        ("/v1/articles?q=", "q", "at least 1 character"),
        ("/v1/headlines?format=xml", "format", "'json' or 'text'"),
        ("/v1/tags?tag=a", "tag", "there are: limit"),
        ("/v1/sources?limit=-1", "limit", "greater than or equal to 1"),
        ("/v1/feeds?status=gone", "status", "there are: none"),
        (f"/v1/articles/{article_id(1)}?full=1", "full", "there are: none"),
        ("/v1/stream?since=5", "since", "neither the id of an event nor a time"),
        ("/v1/stream?words=ferry", "words", "there are: feed, fold, lang, "),
        ("/v1/articles?sort=oldest", "sort", "'published', 'first_seen', 'revised' or 'relevance'"),
        ("/v1/articles?sort=relevance", "sort", "needs q= with a word"),
        ("/v1/articles?sort=relevance&q=-rain", "sort", "needs q= with a word"),
        ("/v1/articles?sort=revised&changed_since=2026-03-01", "sort", "leave out sort="),
        (f"/v1/articles?sort=revised&cursor={Cursor(1, article_id(1))}", "cursor", "in another order"),
        ("/v1/articles?fields=id,color", "fields", "there is no member 'color'; there are: id,"),
        ("/v1/headlines?fields=,", "fields", "names no member"),
        ("/v1/facets?by=color", "by", "'tag', 'source', 'language' or 'hour'"),
        ("/v1/facets?fold=repeats", "fold", "counts are of single articles"),
        ("/v1/tags/trending?hours=48", "hours", "less than or equal to 24"),
        ("/healthz?verbose=1", "verbose", "there are: none"),
    ],
)
async def test_a_parameter_that_is_not_understood_is_named(
    http: httpx.AsyncClient, address: str, parameter: str, detail: str
) -> None:
    document = problem(await http.get(address), 400)
    assert document.type == "/docs#bad-parameter"
    assert document.parameter == parameter
    assert detail in document.detail


async def test_a_position_in_the_header_that_is_none_is_named(http: httpx.AsyncClient) -> None:
    document = problem(await http.get("/v1/stream", headers={"Last-Event-ID": "42"}), 400)
    assert document.parameter == "Last-Event-ID"


async def test_a_search_that_is_not_understood_is_pointed_at(http: httpx.AsyncClient) -> None:
    document = problem(await http.get("/v1/articles", params={"q": "rain OR (snow"}), 400)
    assert (document.type, document.parameter, document.at) == ("/docs#bad-query", "q", 8)
    assert document.detail == "this ( is not closed\nrain OR (snow\n        ^"
    page = await http.get("/", params={"q": "rain OR (snow"})
    assert page.status_code == 400
    assert "rain OR <mark>(</mark>snow" in page.text


@pytest.mark.parametrize(
    ("address", "detail"),
    [
        (f"/v1/articles/{article_id(1)}/revisions", "there is no article"),
        ("/v2/articles", "nothing at /v2/articles"),
        (f"/v1/articles/{article_id(1)}", "there is no article"),
        ("/v1/articles/seven", "'seven' is no id"),
        (A_FEED, "/v1/feeds lists them"),
        ("/schemas/dateline.article.lost.v1.json", "dateline.article.published.v1"),
    ],
)
async def test_what_is_not_there_is_a_404_that_says_so(http: httpx.AsyncClient, address: str, detail: str) -> None:
    document = problem(await http.get(address), 404)
    assert document.type == "/docs#not-found"
    assert detail in document.detail


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("/v1/feeds", ["GET", "HEAD", "POST"]),
        ("/v1/feeds.opml", ["GET", "HEAD", "POST"]),
        (f"/v1/articles/{article_id(1)}", ["GET", "HEAD"]),
        (f"{A_FEED}/refresh", ["POST"]),
        ("/v1/articles", ["GET", "HEAD", "POST"]),
        ("/v1/tags", ["GET", "HEAD"]),
    ],
)
async def test_a_method_that_is_not_possible_gets_those_that_are(
    http: httpx.AsyncClient, address: str, allowed: list[str]
) -> None:
    answer = await http.patch(address)
    assert problem(answer, 405).allowed == allowed
    assert answer.headers["allow"] == ", ".join(allowed)


@pytest.mark.parametrize(
    ("body", "parameter", "detail"),
    [
        ({}, "url", "required"),
        ({"url": 5}, "url", "valid string"),
        ({"url": "courier.example/feed"}, "url", "whole http or https URL"),
        ({"url": "ftp://courier.example/feed"}, "url", "whole http or https URL"),
        ({"url": "https:///feed"}, "url", "whole http or https URL"),
        ({"url": "https://courier.example:x/"}, "url", "is no URL"),
        ({"url": "https://[::1/"}, "url", "is no URL"),
        ({"url": "https://courier.example/a feed"}, "url", "%20"),
        ({"url": "https://courier.example/\u0000"}, "url", "control characters"),
        ({"url": "https://courier.example/" + "a" * 2000}, "url", "at most 2000"),
        ({"url": "https://courier.example/", "tags": "local"}, "tags", "valid tuple"),
        ({"url": "https://courier.example/", "tags": [""]}, "tags.0", "at least 1 character"),
        ({"url": "https://courier.example/", "titel": "x"}, "titel", "not permitted"),
        ({"url": "https://courier.example/", "full_text": 0}, "full_text", "valid boolean"),
        ({"url": "https://courier.example/", "poll_min_s": "60"}, "poll_min_s", "without quotes"),
        ({"url": "https://courier.example/", "poll_max_s": True}, "poll_max_s", "must be a number"),
        ([], "body", "valid dictionary"),
    ],
)
async def test_a_feed_that_cannot_be_is_refused(
    http: httpx.AsyncClient, body: Any, parameter: str, detail: str
) -> None:
    document = problem(await http.post("/v1/feeds", json=body), 422)
    assert document.parameter == parameter
    assert detail in document.detail


async def test_a_body_that_is_no_json_is_refused(http: httpx.AsyncClient) -> None:
    answer = await http.post("/v1/feeds", content=b"url=x", headers={"Content-Type": "application/json"})
    assert "the body is no JSON" in problem(answer, 422).detail


async def test_a_fault_of_ours_is_a_problem_document_without_its_insides(
    http: httpx.AsyncClient, model: ReadModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails() -> None:
        raise RuntimeError("secret insides")

    monkeypatch.setattr(model, "feeds", fails)
    document = problem(await http.get("/v1/feeds"), 500)
    assert "secret" not in document.detail


async def test_a_command_that_cannot_be_sent_is_an_outage_not_a_success(http: httpx.AsyncClient) -> None:
    answer = await http.post("/v1/feeds", json={"url": "https://courier.example/"})
    document = problem(answer, 503)
    assert (document.type, answer.headers["retry-after"]) == ("/docs#unavailable", "5")
