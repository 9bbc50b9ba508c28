"""Subscribing to a hub and being delivered to: real servers all round, and a hub that may misbehave."""

import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from tests.conftest import Server
from tests.ingest.feed_server import answer
from tests.ingest.feeds import item
from tests.ingest.push.hub_server import Hub
from tests.ingest.push.pushing import Wire, pushing
from tests.waiting import until

pytestmark = pytest.mark.anyio

FIRST, SECOND = "Report number 1", "Report number 2"


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub().running() as hub:
        yield hub


@pytest.fixture
async def wire(server: Server, redis: Redis, tmp_path: Path, hub: Hub) -> AsyncIterator[Wire]:
    async with pushing(server, redis, tmp_path, hub) as wire:
        yield wire


async def hubs(wire: Wire) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await wire.http.get("/v1/hubs")).json()["hubs"]
    return found


async def test_a_named_hub_is_subscribed_to_and_its_deliveries_are_published_without_a_poll(wire: Wire) -> None:
    push = await wire.until_active()
    assert (push["hub"], push["topic"]) == (wire.hub.url, f"{wire.pages.url}/feed")
    [asked] = wire.hub.asked
    assert asked.form["hub.mode"] == "subscribe"
    assert asked.form["hub.lease_seconds"] == "864000"
    assert len(asked.form["hub.secret"]) > 30
    [verification] = wire.hub.verifications
    assert verification.headers["content-type"].startswith("text/plain")
    assert verification.headers["x-content-type-options"] == "nosniff"

    polls = wire.polls
    assert await wire.deliver(wire.publish(item(1))) == [202]
    await wire.until_titles(FIRST)
    assert await wire.deliver(wire.publish(item(1), item(2)), method="sha1") == [202]
    await wire.until_titles(FIRST, SECOND)
    push = await wire.until_push(lambda push: push["received"] == 2)
    assert (push["refused"], push["missed"]) == (0, 0)
    assert (await wire.feed())["articles"] == 2
    assert wire.polls == polls
    await wire.until_settled()
    assert await wire.redis.xlen("dateline:commands") == 1  # the answer; what was delivered takes no memory any more
    assert await hubs(wire) == [
        {"hub": wire.hub.url, "feeds": 1, "active": 1, "received": 2, "refused": 0, "missed": 0}
    ]


async def test_a_delivery_that_comes_twice_is_published_once(wire: Wire) -> None:
    await wire.until_active()
    body = wire.publish(item(1))
    await wire.deliver(body)
    await wire.deliver(body)
    await wire.deliver(wire.publish(item(1), item(2)))
    await wire.until_push(lambda push: push["received"] == 3)
    await wire.until_titles(FIRST, SECOND)


@pytest.mark.parametrize(
    "how", [{"secret": "guessed"}, {"signed": False}, {"method": "md5"}], ids=["wrong", "missing", "not a method"]
)
async def test_what_is_not_signed_rightly_is_counted_and_dropped(wire: Wire, how: dict[str, Any]) -> None:
    await wire.until_active()
    assert await wire.deliver(wire.publish(item(666)), **how) == [202]
    push = await wire.until_push(lambda push: push["refused"] == 1)
    assert (push["status"], push["received"]) == ("active", 0)
    await wire.deliver(wire.publish(item(1)))
    await wire.until_titles(FIRST)


async def test_only_what_was_asked_for_is_confirmed(wire: Wire) -> None:
    await wire.until_active()
    [callback], topic = list(wire.hub.subscribers), f"{wire.pages.url}/feed"
    elsewhere = callback.rpartition("/")[0] + "/guessed"
    no_feed = callback.replace(callback.split("/")[-2], "nonsense")
    right = {"mode": "subscribe", "topic": topic, "challenge": "c<b>", "lease_seconds": "60"}
    for address, changed in (
        (callback, {"mode": "unsubscribe"}),
        (callback, {"mode": "publish"}),
        (callback, {"topic": "https://e.example/"}),
        (callback, {"challenge": ""}),
        (callback, {"mode": "denied", "topic": "https://e.example/"}),
        (elsewhere, {}),
        (elsewhere, {"mode": "denied"}),
        (no_feed, {}),
    ):
        assert (await wire.call_back(address, **(right | changed))).status_code == 404, (address, changed)
    again = await wire.call_back(callback, **right)
    assert (again.status_code, again.text, again.headers["content-type"]) == (200, "c<b>", "text/plain; charset=utf-8")
    assert (await wire.http.post(elsewhere, content=b"x")).status_code == 410
    assert (await wire.http.post(callback, content=b"x" * 2_000_001)).status_code == 413


async def test_a_hub_that_denies_is_not_asked_again_soon(
    server: Server, redis: Redis, tmp_path: Path, hub: Hub
) -> None:
    hub.deny = "not your kind"
    async with pushing(server, redis, tmp_path, hub) as wire:
        push = await wire.until_push(lambda push: push["status"] == "denied")
        assert push["reason"] == "the hub denied the subscription: not your kind"
        await wire.poll()
        assert len(hub.asked) == 1


async def test_a_hub_may_end_what_it_confirmed(wire: Wire) -> None:
    push = await wire.until_active()
    [callback] = wire.hub.subscribers
    assert (await wire.call_back(callback, mode="denied", topic=push["topic"])).status_code == 200
    await wire.until_push(lambda push: push["status"] == "denied")
    assert await wire.deliver(wire.publish(item(1))) == [410]


@pytest.mark.parametrize(
    ("ways", "reason"),
    [
        ({"status": 500, "body": b"no\nroom"}, "the hub answered 500: no room"),
        ({"status": 400, "body": b"<html>"}, "the hub answered 400"),
        ({"status": 200}, "the hub answered 200"),
        ({"redirect_to": "/"}, "the hub redirects more than 3 times"),
        ({"redirect_to": "ftp://127.0.0.1/"}, "the hub leads to 'ftp://127.0.0.1/', which is no http or https URL"),
        ({"redirect_to": "http://127.0.0.2:8000/"}, "the hub is not asked: 127.0.0.2 is at 127.0.0.2, a loopback"),
        ({"redirect_to": "http://127.0.0.1:1/"}, "the hub is not asked: port 1 "),
    ],
)
async def test_a_hub_that_cannot_be_asked_is_shown_with_its_reason(
    server: Server, redis: Redis, tmp_path: Path, hub: Hub, ways: dict[str, Any], reason: str
) -> None:
    for name, value in ways.items():
        setattr(hub, name, value)
    async with pushing(server, redis, tmp_path, hub) as wire:
        push = await wire.until_push(lambda push: push["status"] == "failing")
        assert push["reason"].startswith(reason)
        assert (await wire.feed())["status"] == "active"


@pytest.mark.parametrize(
    "ways", [{"verifies_at_once": True}, {"verifies_at_once": True, "status": 204}, {"redirect_to": "/other"}]
)
async def test_hubs_that_verify_within_the_request_or_redirect_are_fine(
    server: Server, redis: Redis, tmp_path: Path, hub: Hub, ways: dict[str, Any]
) -> None:
    for name, value in ways.items():
        setattr(hub, name, value)
    async with pushing(server, redis, tmp_path, hub) as wire:
        await wire.until_active()
        await wire.deliver(wire.publish(item(1)))
        await wire.until_titles(FIRST)


async def test_polls_wait_longer_while_the_hub_is_relied_upon(wire: Wire) -> None:
    await wire.until_active()
    alone = await wire.due_in_s(time.time())
    wire.hub.lease_s = 864_000
    wire.publish(item(1))
    await wire.poll()
    assert await wire.due_in_s(time.time()) > 2 * alone


async def test_a_short_lease_is_renewed_before_it_ends(server: Server, redis: Redis, tmp_path: Path, hub: Hub) -> None:
    hub.lease_s = 60
    async with pushing(server, redis, tmp_path, hub) as wire:
        await wire.until_active()
        await wire.until_settled()
        assert 30 < await wire.due_in_s(time.time()) <= 42


async def test_the_lease_is_renewed_with_the_same_callback_and_secret(wire: Wire) -> None:
    before = await wire.until_active()
    await wire.pass_time(50)  # of 60 minutes
    await wire.poll()
    await until(lambda: len(wire.hub.verifications) == 2)
    first, second = (asked.form for asked in wire.hub.asked)
    assert first == second
    await wire.until_push(lambda push: push["until"] > before["until"])
    await wire.deliver(wire.publish(item(1)))
    await wire.until_titles(FIRST)


async def test_what_a_hub_that_forgot_us_does_not_deliver_is_found_by_polls_and_counted_as_missed(wire: Wire) -> None:
    await wire.until_active()
    wire.hub.subscribers.clear()
    await wire.poll()
    wire.publish(*(item(number) for number in range(4)))
    await wire.poll()
    relaxed = await wire.due_in_s(time.time())
    await wire.until_titles(*(f"Report number {number}" for number in range(4)))
    await wire.pass_time(11)
    await wire.poll()
    push = await wire.until_push(lambda push: push["missed"] == 4)
    assert push["status"] == "active"
    assert [hub["missed"] for hub in await hubs(wire)] == [4]
    assert await wire.due_in_s(time.time()) < relaxed / 2


async def test_an_article_that_poll_and_hub_find_at_the_same_time_is_not_missed(wire: Wire) -> None:
    await wire.until_active()
    await wire.poll()
    body = wire.publish(item(1))
    await wire.poll()
    await wire.deliver(body)
    await wire.until_settled()
    await wire.pass_time(11)
    await wire.poll()
    assert (await wire.until_push(lambda push: push["received"] == 1))["missed"] == 0


async def test_replicas_ask_a_hub_once_for_each_feed(server: Server, redis: Redis, tmp_path: Path, hub: Hub) -> None:
    async with pushing(server, redis, tmp_path, hub, replicas=2) as wire:
        links = f'<{hub.url}>; rel="hub"'
        for number in range(12):
            wire.pages.pages[f"/{number}"] = answer(wire.publish(item(number), hub=False), Link=links)
            (await wire.http.post("/v1/feeds", json={"url": f"{wire.pages.url}/{number}"})).raise_for_status()
        await until(lambda: len(hub.subscribers) >= 12)
        for feed in (await wire.http.get("/v1/feeds")).json()["feeds"]:
            (await wire.http.post(f"/v1/feeds/{feed['id']}/refresh")).raise_for_status()
        await until(lambda: len(wire.pages.asked) >= 25)
        callbacks = [asked.form["hub.callback"] for asked in hub.asked]
        assert len(callbacks) == len(set(callbacks)) == len(hub.subscribers)


async def test_a_feed_that_is_removed_or_names_no_hub_ends_its_subscription(wire: Wire) -> None:
    await wire.until_active()
    [callback] = wire.hub.subscribers
    wire.publish(item(1), hub=False)
    await wire.poll()
    push = await wire.until_push(lambda push: push["status"] == "ended")
    assert push["reason"] == "the feed names no hub any more"
    await until(lambda: not wire.hub.subscribers)

    wire.publish(item(1), item(2))
    await wire.poll()
    await until(lambda: len(wire.hub.subscribers) == 1)
    assert callback not in wire.hub.subscribers
    (await wire.http.delete(f"/v1/feeds/{(await wire.feed())['id']}")).raise_for_status()
    await until(lambda: not wire.hub.subscribers)
    assert [asked.form["hub.mode"] for asked in wire.hub.asked] == ["subscribe", "unsubscribe"] * 2


async def test_a_hub_that_forgot_to_let_go_is_told_that_the_feed_is_gone(wire: Wire) -> None:
    await wire.until_active()
    wire.hub.verifies = False
    (await wire.http.delete(f"/v1/feeds/{(await wire.feed())['id']}")).raise_for_status()
    await until(lambda: len(wire.hub.asked) == 2)
    assert await wire.deliver(wire.publish(item(1))) == [410]


async def test_a_delivery_that_cannot_be_read_has_the_feed_polled(wire: Wire) -> None:
    await wire.until_active()
    wire.publish(item(1))
    polls = wire.polls
    await wire.deliver(b"something is new", kind="text/plain")
    await wire.until_titles(FIRST)
    assert wire.polls > polls
    wire.publish(item(1), item(2))
    await wire.deliver(b"again", kind="text/plain")
    await wire.until_titles(FIRST, SECOND)
    push = await wire.until_push(lambda push: push["received"] == 2)
    assert (push["refused"], push["missed"]) == (0, 0)


async def test_the_header_of_the_feed_can_name_hub_and_topic(wire: Wire) -> None:
    await wire.until_active()
    topic = f"{wire.pages.url}/other"
    links = f'<{wire.hub.url}>; rel="hub", <{topic}>; rel="self"'
    wire.pages.pages["/other"] = answer(wire.publish(item(5), hub=False), Link=links)
    (await wire.http.post("/v1/feeds", json={"url": topic})).raise_for_status()
    await until(lambda: len(wire.hub.subscribers) == 2)
    assert [asked.form["hub.topic"] for asked in wire.hub.asked][1] == topic


async def test_without_a_public_url_no_hub_is_asked(server: Server, redis: Redis, tmp_path: Path, hub: Hub) -> None:
    async with pushing(server, redis, tmp_path, hub, public_url=None) as wire:
        wire.publish(item(1))
        await wire.until_titles(FIRST) if wire.polls == 0 else await wire.poll()
        assert hub.asked == []
        assert (await wire.feed())["push"] is None
        assert await hubs(wire) == []
