"""A browser that was given a key by the page's form."""

import re
from http.cookies import SimpleCookie

import httpx
import pytest

from services.api.access.store import KeyStore
from services.api.readmodel.model import ReadModel
from tests.api.access.conftest import NOW, Made, api, bearer
from tests.conftest import ADMIN_KEY

pytestmark = pytest.mark.anyio

FROM_HERE = {"Sec-Fetch-Site": "same-origin", "Origin": "http://dateline.test"}
PAGE = {"Accept": "text/html,*/*;q=0.8"}
FEED = {"url": "https://courier.example/feed.xml"}


async def sign_in(http: httpx.AsyncClient, key: str, onward: str = "/feeds", **headers: str) -> httpx.Response:
    return await http.post("/sign-in", data={"key": key, "next": onward}, headers=FROM_HERE | headers)


async def test_the_key_is_kept_where_no_script_can_read_it_and_no_other_site_can_send_it(
    model: ReadModel, store: KeyStore, made: Made
) -> None:
    key = made("admin")
    async with api(model, store) as http:
        answer = await sign_in(http, f" {key}\n")
        assert (answer.status_code, answer.headers["location"]) == (303, "/feeds")
        [cookie] = SimpleCookie(answer.headers["set-cookie"]).values()
        assert (cookie.value, cookie["httponly"], cookie["samesite"], cookie["path"]) == (key, True, "strict", "/")
        assert (cookie["secure"], cookie["max-age"]) == ("", "")
        page = await http.get("/feeds")
        assert "Signed in by the key “of a test”" in page.text
        assert "Add the feed" in page.text
        assert page.headers["cache-control"] == "private, no-cache"
        left = await http.post("/sign-out", headers=FROM_HERE)
        assert "Max-Age=0" in left.headers["set-cookie"]
        assert "Add the feed" not in (await http.get("/feeds")).text


async def test_a_key_of_ones_own_making_may_hold_any_character(model: ReadModel) -> None:
    async with api(model, None, admin_key='a; key="of" our, own √ making') as http:
        assert (await sign_in(http, 'a; key="of" our, own √ making')).status_code == 303
        assert "Add the feed" in (await http.get("/feeds")).text


async def test_scopes_decide_which_forms_are_seen(model: ReadModel, store: KeyStore, made: Made) -> None:
    async with api(model, store) as http:
        await sign_in(http, made("read"))
        page = (await http.get("/feeds")).text
        assert "Signed in by" in page
        assert "Add the feed" not in page
        refused = await http.post("/feeds", data=FEED, headers=FROM_HERE | PAGE)
        assert refused.status_code == 403
        assert 'action="/sign-in"' in refused.text


@pytest.mark.parametrize(
    ("minutes", "revoked", "said"),
    [(-1, False, "This key is expired."), (None, True, "This key is revoked.")],
)
async def test_a_key_that_ended_signs_nobody_in(
    model: ReadModel, store: KeyStore, made: Made, minutes: int | None, revoked: bool, said: str
) -> None:
    key = made("admin", minutes=minutes)
    if revoked:
        store.revoke(key[3:11], NOW)
    async with api(model, store) as http:
        answer = await sign_in(http, key)
        assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)
        assert said in answer.text
        assert key not in answer.text
        assert "may have been mistyped" in (await sign_in(http, "dl_guess")).text


async def test_a_cookie_from_an_earlier_day_counts_as_none(model: ReadModel, store: KeyStore, made: Made) -> None:
    key = made("admin")
    async with api(model, store) as http:
        await sign_in(http, key)
        store.revoke(key[3:11], NOW)
        assert (await http.get("/")).status_code == 200
        assert (await http.post("/feeds", data=FEED, headers=FROM_HERE)).status_code == 401
    async with api(model, store, reading="closed") as http:
        http.cookies.set("dateline_key", "of another wire")
        assert (await http.get("/")).status_code == 401


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (FROM_HERE, 503),
        ({"Origin": "http://dateline.test"}, 503),
        ({}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://evil.test"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
async def test_only_a_page_of_ours_can_use_the_cookie_to_change_anything(
    model: ReadModel, headers: dict[str, str], expected: int
) -> None:
    """503 is that it was let in: there is no Redis here."""
    async with api(model, None) as http:
        assert (await sign_in(http, ADMIN_KEY)).status_code == 303
        assert (await http.post("/feeds", headers=headers, data=FEED)).status_code == expected
        assert (await http.post("/v1/feeds", headers=headers, json=FEED)).status_code == expected
        assert (await http.get("/v1/articles", headers=headers)).status_code == 200
        assert (await http.post("/sign-out", headers=headers)).status_code == (403 if expected == 403 else 303)


async def test_another_site_cannot_sign_anybody_in(model: ReadModel) -> None:
    async with api(model, None) as http:
        answer = await http.post("/sign-in", data={"key": ADMIN_KEY}, headers={"Sec-Fetch-Site": "cross-site"})
        assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


async def test_a_closed_page_asks_for_the_key_with_a_form_and_goes_on_where_one_wanted_to(model: ReadModel) -> None:
    async with api(model, None, reading="closed") as http:
        answer = await http.get("/search?q=ferry", headers=PAGE)
        assert answer.status_code == 401
        assert answer.headers.get_list("www-authenticate") == ['Bearer realm="Dateline"']
        onward = re.search(r'name="next" value="([^"]+)"', answer.text)
        assert onward
        assert onward[1] == "/search?q=ferry"
        assert (await http.get("/sign-in", headers=PAGE)).status_code == 200
        assert "Basic" in str((await http.get("/v1/articles")).headers.get_list("www-authenticate"))
        assert (await sign_in(http, ADMIN_KEY, onward[1])).headers["location"] == "/search?q=ferry"
        assert (await http.get("/search?q=ferry", headers=PAGE)).status_code == 200
        assert (await http.get("/v1/articles")).status_code == 200


async def test_a_key_in_a_header_goes_before_the_cookie_and_the_cookie_before_basic(
    model: ReadModel, store: KeyStore, made: Made
) -> None:
    async with api(model, store) as http:
        await sign_in(http, made("read"))
        assert (await http.post("/v1/feeds", json=FEED, headers=bearer(ADMIN_KEY))).status_code == 503
        basic = httpx.BasicAuth("proxy", "a password of its own")
        assert "Signed in by" in (await http.get("/feeds", auth=basic)).text


async def test_too_many_requests_are_answered_with_a_page_that_says_when_to_come_again(model: ReadModel) -> None:
    async with api(model, None, rate_per_address=2) as http:
        answers = [await http.get("/", headers=PAGE) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert "wait 30 s" in answers[2].text
        assert answers[2].headers["retry-after"] == "30"
        assert 'href="/">Try again' in answers[2].text


async def test_a_form_that_is_too_long_or_no_form_is_refused_with_a_page(model: ReadModel) -> None:
    async with api(model, None) as http:
        await sign_in(http, ADMIN_KEY)
        assert (await http.post("/feeds", content=b"x" * 200_000, headers=FROM_HERE | PAGE)).status_code in (413, 415)
        wrong = await http.post("/feeds", json=FEED, headers=FROM_HERE | PAGE)
        assert (wrong.status_code, wrong.headers["content-type"]) == (415, "text/html; charset=utf-8")
        bad = await http.post("/feeds", data={"url": "no address at all"}, headers=FROM_HERE | PAGE)
        assert bad.status_code == 422
        assert 'id="add-trouble" role="alert">The address: must' in bad.text
        assert 'value="no address at all"' in bad.text
        away = await http.post("/feeds", data=FEED, headers=FROM_HERE | PAGE)
        assert (away.status_code, away.headers["retry-after"]) == (503, "5")
        assert "Redis" in away.text
