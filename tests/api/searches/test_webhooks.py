"""Webhooks are sent what a search finds: signed, in order, at least once, whoever fails meanwhile."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis
from standardwebhooks.webhooks import Webhook

from services.api.settings import ApiSettings
from tests.api.events import article_id, enriched, published, revised
from tests.api.searches.conftest import hooked, saved, state
from tests.api.searches.receiver import Receiver, receiver
from tests.api.serving import listening, put, served
from tests.waiting import eventually, until

pytestmark = pytest.mark.anyio


async def test_what_is_found_is_sent_signed_as_its_libraries_verify_it(
    client: httpx.AsyncClient, redis: Redis, here: Receiver
) -> None:
    webhook = await hooked(client, here.url, "intitle:article")
    assert webhook["secret"].startswith("whsec_")
    await put(redis, published(1), published(2, title="Something else"), published(3))
    await until(lambda: len(here.came) == 2)
    for came in here.came:
        verified = Webhook(webhook["secret"]).verify(came.body, came.headers)
        assert verified == came.event
    event = here.came[0].event
    assert (event["specversion"], event["type"], event["subject"]) == (
        "1.0", "dateline.search.article.v1", str(article_id(1)),
    )  # fmt: skip
    assert event["id"] == here.came[0].headers["webhook-id"]
    assert here.came[0].headers["content-type"] == "application/cloudevents+json"
    listed = (await client.get("/v1/articles", params={"q": "intitle:article"})).json()["articles"]
    assert [came.event["data"] for came in reversed(here.came)] == listed
    assert "secret" not in await state(client, webhook)


async def test_the_body_is_what_the_live_stream_tells(client: httpx.AsyncClient, redis: Redis, here: Receiver) -> None:
    webhook = await hooked(client, here.url, "tag:storms OR intitle:seven")
    search = (await client.get(f"/v1/searches/{webhook['search']}")).json()
    async with listening(client, search["links"]["stream"]) as listener:
        await put(redis, published(1), published(2, title="Article seven"), enriched(1, tags=("storms",)))
        await until(lambda: len(listener.heard) == 2 and len(here.came) == 2)
        await put(redis, revised(1))
        await until(lambda: len(listener.heard) == 3 and len(here.came) == 3)
    assert sorted(here.what) == sorted(listener.what) == ["article seven", "enrichment 1", "revision 1"]
    assert [came.event["data"] for came in here.came] == [heard.data for heard in listener.heard]
    assert [came.event["position"] for came in here.came] == [heard.id for heard in listener.heard]


async def test_only_the_types_that_were_asked_for_are_sent(
    client: httpx.AsyncClient, redis: Redis, here: Receiver
) -> None:
    await hooked(client, here.url, types=["revision"])
    await put(redis, published(1), enriched(1), revised(1))
    await until(lambda: bool(here.came))
    assert here.what == ["revision 1"]


async def test_what_fails_is_tried_again_and_nothing_overtakes_it(
    client: httpx.AsyncClient, redis: Redis, here: Receiver
) -> None:
    answers = iter(["500 Broken", "302 Found\r\nLocation: /elsewhere"])
    here.answer = lambda _came: next(answers, "204 No Content")
    webhook = await hooked(client, here.url)
    await put(redis, *(published(number) for number in range(1, 4)))
    await until(lambda: len(here.came) == 5)
    assert here.what == ["article 1", "article 1", "article 1", "article 2", "article 3"]
    first = [came.headers for came in here.came[:3]]
    assert len({headers["webhook-id"] for headers in first}) == 1
    assert here.came[1].at - here.came[0].at >= 0.05
    assert here.came[2].at - here.came[1].at >= 0.2

    async def all_well() -> bool:
        found = await state(client, webhook)
        return (found["delivered"], found["tries"], found["why"]) == (3, 0, None)

    await eventually(all_well)


async def test_the_receiver_may_say_when_to_come_again(client: httpx.AsyncClient, redis: Redis, here: Receiver) -> None:
    answers = iter(["429 Too Many\r\nRetry-After: 1"])
    here.answer = lambda _came: next(answers, "200 OK")
    webhook = await hooked(client, here.url)
    await put(redis, published(1))
    await until(lambda: len(here.came) == 1)

    async def waits() -> bool:
        return bool((await state(client, webhook))["why"] == "answered 429")

    await eventually(waits)
    await until(lambda: len(here.came) == 2)
    assert here.came[1].at - here.came[0].at >= 1


async def test_gone_ends_it_until_its_owner_takes_it_up_again(
    client: httpx.AsyncClient, redis: Redis, here: Receiver
) -> None:
    here.answer = lambda _came: "410 Gone"
    webhook = await hooked(client, here.url)
    await put(redis, published(1), published(2))

    async def gone() -> bool:
        return bool((await state(client, webhook))["state"] == "gone")

    await eventually(gone)
    assert len(here.came) == 1
    here.answer = lambda _came: "200 OK"
    assert (await client.patch(webhook["links"]["self"], json={"state": "active"})).json()["state"] == "active"
    await until(lambda: here.what == ["article 1", "article 1", "article 2"])


async def test_an_event_that_is_never_taken_lies_with_the_dead_letters_and_can_be_sent_once_more(
    client: httpx.AsyncClient, redis: Redis, here: Receiver
) -> None:
    here.answer = lambda came: "400 Bad" if came.what == "article 1" else "200 OK"
    webhook = await hooked(client, here.url)
    await put(redis, published(1), published(2))
    await until(lambda: here.what == ["article 1"] * 3 + ["article 2"])
    address = webhook["links"]["dead_letters"]
    [letter] = (await client.get(address)).json()["dead_letters"]
    assert (letter["tries"], letter["why"], letter["subject"]) == (3, "answered 400", str(article_id(1)))
    assert letter["event"].encode() == here.came[0].body
    retry = f"{address}/{letter['id']}/retry"
    assert (await client.post(retry)).json()["state"] == "retrying"

    async def tried(count: int) -> bool:
        letters = (await client.get(address)).json()["dead_letters"]
        return [(one["state"], one["tries"]) for one in letters] == [("dead", count)]

    await eventually(lambda: tried(4))
    here.answer = lambda _came: "200 OK"
    await client.post(retry)

    async def forgotten() -> bool:
        return bool((await client.get(address)).json()["dead_letters"] == [])

    await eventually(forgotten)
    assert here.what[-1] == "article 1"
    assert here.came[-1].headers["webhook-id"] == here.came[0].headers["webhook-id"]
    assert (await client.post(retry)).status_code == 404
    assert (await client.delete(retry.removesuffix("/retry"))).status_code == 404


async def test_what_came_is_sent_again_from_a_position_or_a_time(
    client: httpx.AsyncClient, redis: Redis, here: Receiver
) -> None:
    webhook = await hooked(client, here.url)
    await put(redis, *(published(number) for number in range(1, 4)))
    await until(lambda: len(here.came) == 3)
    replay = webhook["links"]["replay"]
    await client.post(replay, params={"since": here.came[0].event["position"]})
    await until(lambda: here.what[3:] == ["article 2", "article 3"])
    moment = datetime.fromtimestamp(0, UTC).isoformat()
    await client.post(replay, params={"since": moment})
    await until(lambda: here.what[5:] == ["article 1", "article 2", "article 3"])
    assert len(here.once) == 3
    assert (await client.post(replay)).json()["parameter"] == "since"
    assert (await client.post(replay, params={"since": "yesterday"})).status_code == 400


async def test_a_receiver_that_is_slow_or_dead_holds_up_no_other(
    client: httpx.AsyncClient, redis: Redis, here: Receiver
) -> None:
    async with receiver() as silent, receiver() as ended:
        silent.answer = lambda _came: None
        for url in (*[silent.url] * 10, *[ended.url] * 10, here.url):
            await hooked(client, url)
    async with receiver(int(silent.url.split(":")[2].split("/")[0])) as silent:
        silent.answer = lambda _came: None
        await put(redis, *(published(number) for number in range(20)))
        await until(lambda: len(here.came) == 20, within_s=60)
        assert here.what == [f"article {number}" for number in range(20)]
        await until(lambda: len(silent.came) == 10)


async def test_paused_it_misses_nothing(client: httpx.AsyncClient, redis: Redis, here: Receiver) -> None:
    webhook = await hooked(client, here.url)
    assert (await client.patch(webhook["links"]["self"], json={"state": "paused"})).json()["state"] == "paused"
    async with listening(client) as listener:
        await put(redis, published(1))
        await until(lambda: bool(listener.heard))
    assert here.came == []
    await client.patch(webhook["links"]["self"], json={"state": "active", "types": ["article"]})
    await until(lambda: here.what == ["article 1"])


async def test_it_begins_where_its_owner_says_and_follows_an_edited_query(
    client: httpx.AsyncClient, redis: Redis, here: Receiver
) -> None:
    await put(redis, published(1), published(2, title="Storm"))
    async with listening(client, "/v1/stream?since=2026-01-01") as listener:
        await until(lambda: len(listener.heard) == 2)
    webhook = await hooked(client, here.url, since="2026-01-01")
    await until(lambda: here.what == ["article 1"])
    await client.patch(f"/v1/searches/{webhook['search']}", json={"q": "storm"})
    await put(redis, published(3), published(4, title="Storm again"))
    await until(lambda: here.what == ["article 1", "article Storm again"])


async def test_what_can_no_longer_be_told_is_said(settings: ApiSettings, redis: Redis, here: Receiver) -> None:
    async with served(settings) as client:
        webhook = await hooked(client, here.url)
        await client.patch(webhook["links"]["self"], json={"state": "paused"})
        async with listening(client) as listener:
            await put(redis, *(published(number) for number in range(1, 6)))
            await until(lambda: len(listener.heard) == 5)
    async with served(
        settings.model_copy(update={"journal_rows": 2})
    ) as client:  # what is more is let go of at the start

        async def pruned() -> bool:
            async with listening(client, "/v1/stream?since=2026-01-01") as listener:
                await until(lambda: bool(listener.heard))
                return listener.heard[0].event == "gap"

        await eventually(pruned)
        await client.patch(webhook["links"]["self"], json={"state": "active"})
        await until(lambda: here.what == ["gap", "article 4", "article 5"])
        assert here.came[0].event["data"]["page"].startswith("/v1/headlines?changed_since=")
        assert here.came[0].event["position"] == here.came[0].event["data"]["until"]


async def test_with_folding_what_repeats_is_not_sent(client: httpx.AsyncClient, redis: Redis, here: Receiver) -> None:
    search = await saved(client, fold="repeats")
    await client.post(search["links"]["webhooks"], json={"url": here.url, "types": ["enrichment"]})
    await put(redis, published(1), published(2))
    await put(redis, enriched(2, repeats=1), enriched(1))
    await until(lambda: here.what == ["enrichment 1"])


async def test_it_goes_on_after_a_restart(settings: ApiSettings, redis: Redis, here: Receiver) -> None:
    here.answer = lambda came: "503 Busy" if came.what == "article 2" else "200 OK"
    settings = settings.model_copy(update={"webhook_tries": 100})
    async with served(settings) as client:
        webhook = await hooked(client, here.url)
        await put(redis, *(published(number) for number in range(1, 4)))
        await until(lambda: here.what.count("article 2") == 2)
    here.answer = lambda _came: "200 OK"
    async with served(settings) as client:
        await until(lambda: here.once == ["article 1", "article 2", "article 3"])

        async def counted() -> bool:
            return bool((await state(client, webhook))["delivered"] == 3)

        await eventually(counted)


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"url": "ftp://example.org/"}, "url: must be a whole http or https URL"),
    ({"url": "http://10.0.0.1/"}, "url: 10.0.0.1 is at 10.0.0.1, a private address"),
    ({"url": "http://[::1]/"}, "url: ::1 is at ::1, a loopback address"),
    ({"url": "http://169.254.169.254/latest"}, "a link-local address"),
    ({"url": "http://192.0.2.1:6379/"}, "port 6379 belongs to another service"),
    ({"url": "https://hooks.example/", "secret": "short"}, "secret: must be whsec_ and 24 to 64 bytes in base64"),
    ({"url": "https://hooks.example/", "types": ["feed"]}, "types: there is no type 'feed'"),
    ({"url": "https://hooks.example/", "since": "never"}, "since: neither the id of an event nor a time"),
    ({"url": "https://hooks.example/", "since": {}}, "since: neither the id of an event nor a time"),
    ({"url": "https://hooks.example/", "since": 5}, "since: neither the id of an event nor a time"),
    ({"url": "https://hooks.example/", "colour": "red"}, "colour"),
]


async def test_what_can_never_be_sent_is_refused(client: httpx.AsyncClient) -> None:
    address = (await saved(client))["links"]["webhooks"]
    for body, said in REFUSED:
        answer = await client.post(address, json=body)
        assert answer.status_code == 422, body
        assert said in answer.json()["detail"]
    assert (await client.get(address)).json() == {"webhooks": []}


async def test_a_name_that_leads_inside_is_not_connected_to_when_it_is_sent(
    settings: ApiSettings, redis: Redis, here: Receiver
) -> None:
    async with served(settings) as client:
        webhook = await hooked(client, here.url)
    async with served(settings.model_copy(update={"allow_hosts": ""})) as client:
        await put(redis, published(1))

        async def refused() -> bool:
            why = (await state(client, webhook))["why"] or ""
            return "a loopback address, which is not connected to" in why

        await eventually(refused)
    assert here.came == []


async def test_a_given_secret_signs(client: httpx.AsyncClient, redis: Redis, here: Receiver) -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    assert (await hooked(client, here.url, secret=secret))["secret"] == secret
    await put(redis, published(1))
    await until(lambda: len(here.came) == 1)
    assert Webhook(secret).verify(here.came[0].body, here.came[0].headers)
