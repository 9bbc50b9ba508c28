"""Who is let in, and what the others are told."""

import base64
from typing import Any

import httpx
import pytest

from services.api.access.store import KeyStore
from services.api.readmodel.model import ReadModel
from tests.api.access.conftest import NOW, Made, api, bearer
from tests.api.http.test_problems import problem
from tests.conftest import ADMIN_KEY

pytestmark = pytest.mark.anyio

FEED = {"url": "https://courier.example/feed.xml"}
ARTICLE = {"title": "Ferry", "url": "https://courier.example/ferry"}


def basic(text: str, **more: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"anybody:{text}".encode()).decode(), **more}


async def status(http: httpx.AsyncClient, method: str, path: str, headers: dict[str, str]) -> int:
    """503 is that it was let in: there is no Redis here."""
    body: Any = {"/v1/feeds": FEED, "/v1/articles": ARTICLE}.get(path) if method == "POST" else None
    return (await http.request(method, path, headers=headers, json=body)).status_code


@pytest.mark.parametrize(
    ("scopes", "reading", "read", "write", "admin"),
    [
        ((), "open", 200, 401, 401),
        ((), "closed", 401, 401, 401),
        (("read",), "open", 200, 403, 403),
        (("read",), "closed", 200, 403, 403),
        (("write",), "open", 200, 503, 403),
        (("write",), "closed", 403, 503, 403),
        (("read", "write"), "closed", 200, 503, 403),
        (("admin",), "closed", 200, 503, 503),
    ],
)
async def test_a_key_opens_what_its_scopes_say(
    model: ReadModel,
    store: KeyStore,
    made: Made,
    scopes: tuple[str, ...],
    reading: str,
    read: int,
    write: int,
    admin: int,
) -> None:
    headers = bearer(made(*scopes)) if scopes else {}
    async with api(model, store, reading=reading) as http:
        assert await status(http, "GET", "/v1/articles", headers) == read
        assert await status(http, "GET", "/", headers) == read
        assert await status(http, "POST", "/v1/articles", headers) == write
        assert await status(http, "POST", "/v1/feeds", headers) == admin
        assert await status(http, "GET", "/healthz", headers) == 200
        assert await status(http, "GET", "/openapi.json", headers) == 200


async def test_without_a_key_one_is_told_how_to_get_one(model: ReadModel) -> None:
    async with api(model, None) as http:
        answer = await http.post("/v1/feeds", json=FEED)
        document = problem(answer, 401)
        assert document.type == "/docs#key-needed"
        assert "`dateline keys add --scope admin`" in document.detail
        assert answer.headers["www-authenticate"].startswith('Bearer realm="Dateline", Basic realm="Dateline"')
        assert answer.headers["cache-control"] == "no-store"
        assert 'id="key-needed"' in (await http.get("/docs")).text


async def test_the_operators_own_key_opens_everything(model: ReadModel) -> None:
    async with api(model, None, reading="closed") as http:
        assert await status(http, "POST", "/v1/feeds", bearer(ADMIN_KEY)) == 503
        assert await status(http, "GET", "/v1/articles", basic(ADMIN_KEY)) == 200
        assert await status(http, "GET", "/v1/articles", bearer(ADMIN_KEY[:-1])) == 401


async def test_without_any_key_made_nothing_can_be_changed(model: ReadModel) -> None:
    async with api(model, None, admin_key=None) as http:
        for text in ("", "None", "dl_admin_x"):
            assert await status(http, "POST", "/v1/feeds", bearer(text)) == 401


async def test_a_key_that_ended_is_refused_with_the_reason_even_where_none_is_needed(
    model: ReadModel, store: KeyStore, made: Made
) -> None:
    expired, revoked = made("admin", minutes=-1), made("admin")
    store.revoke(revoked[3:11], NOW)
    async with api(model, store) as http:
        for text, why in ((expired, "expired on"), (revoked, "was revoked on"), ("dl_00000000_x", "not known here")):
            for path in ("/v1/articles", "/v1/feeds"):
                answer = await http.get(path, headers=bearer(text))
                assert why in problem(answer, 401).detail
                assert 'error="invalid_token"' in answer.headers["www-authenticate"]
            assert text not in answer.text


@pytest.mark.parametrize(
    "header", ["Basic bm9ib2R5OnNlY3JldA==", "Basic !!", "Bearer eyJhbGciOi", "Digest x", "Bearer", ""]
)
async def test_what_is_meant_for_a_proxy_before_us_counts_as_no_key(model: ReadModel, header: str) -> None:
    async with api(model, None) as http:
        assert await status(http, "GET", "/v1/articles", {"Authorization": header}) == 200
        assert await status(http, "POST", "/v1/feeds", {"Authorization": header}) == 401


async def test_an_address_may_carry_a_key_that_can_only_read(model: ReadModel, store: KeyStore, made: Made) -> None:
    reader, admin = made("read"), made("admin")
    async with api(model, store, reading="closed") as http:
        answer = await http.get("/v1/articles", params={"limit": 1, "access_token": reader})
        assert answer.status_code == 200
        assert answer.headers["cache-control"].startswith("private")
        assert "can only read" in problem(await http.get("/v1/articles", params={"access_token": admin}), 401).detail
        assert (await http.post("/v1/feeds", params={"access_token": reader}, json=FEED)).status_code == 403
        assert (await http.post("/v1/feeds", params={"access_token": admin}, json=FEED)).status_code == 401
        assert (await http.get("/v1/articles", params={"access_token": "x"})).status_code == 401
        refused = problem(await http.get("/v1/articles", params={"access_token": reader, "colour": "red"}), 400)
        assert reader not in refused.model_dump_json()
    async with api(model, store) as http:
        assert (await http.get("/v1/articles", params={"access_token": "wrong"})).status_code == 401


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, 503),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://dateline.test"}, 503),
        ({"Sec-Fetch-Site": "none"}, 503),
        ({"Origin": "http://dateline.test"}, 503),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://evil.test"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
async def test_a_page_of_another_site_cannot_use_the_key_that_a_browser_keeps(
    model: ReadModel, store: KeyStore, made: Made, headers: dict[str, str], expected: int
) -> None:
    text = made("admin")
    async with api(model, store) as http:
        assert await status(http, "POST", "/v1/feeds", basic(text, **headers)) == expected
        assert await status(http, "POST", "/v1/feeds", bearer(text) | headers) == 503


async def test_an_address_has_a_limit_and_a_key_its_own(model: ReadModel, store: KeyStore, made: Made) -> None:
    headers = bearer(made("read"))
    async with api(model, store, rate_per_address=3, rate_per_key=4) as http:
        first = await http.get("/v1/articles")
        assert first.headers["ratelimit-policy"] == '"address";q=3;w=60'
        assert first.headers["ratelimit"] == '"address";r=2;t=20'
        assert [(await http.get("/v1/articles")).status_code for _ in range(3)] == [200, 200, 429]
        answer = await http.get("/v1/articles")
        assert "more than 3 requests a minute; wait 20 s" in problem(answer, 429).detail
        assert answer.headers["retry-after"] == "20"
        assert (await http.post("/v1/feeds", json=FEED, headers=bearer("dl_wrong"))).status_code == 429
        assert [(await http.get("/v1/articles", headers=headers)).status_code for _ in range(5)] == [200] * 4 + [429]
        assert (await http.get("/healthz")).status_code == 200
        assert (await http.post("/v1/push/x/y")).status_code == 404


async def test_this_machine_has_no_limit_nor_has_anybody_where_it_is_zero(model: ReadModel) -> None:
    for client, limit in (("127.0.0.1", 1), ("::1", 1), ("203.0.113.7", 0)):
        async with api(model, None, client, rate_per_address=limit) as http:
            answers = [await http.get("/v1/articles") for _ in range(5)]
            assert {answer.status_code for answer in answers} == {200}
            assert "ratelimit" not in answers[-1].headers


async def test_when_the_keys_cannot_be_read_that_is_an_outage_and_not_a_wrong_key(
    model: ReadModel, store: KeyStore, made: Made
) -> None:
    text = made("admin")
    store._file.execute("DROP TABLE keys")
    async with api(model, store) as http:
        assert problem(await http.post("/v1/feeds", json=FEED, headers=bearer(text)), 503).type == "/docs#unavailable"
        assert (await http.get("/v1/articles")).status_code == 200
