"""A webhook's secret is exchanged without an event that its receiver cannot verify."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from redis.asyncio import Redis
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from services.api.searches.rotation import MOST_OLD, overlap_ends, rotated, secrets_at
from services.api.searches.schema import MIGRATIONS, open_searches
from services.api.searches.signature import new_secret
from services.api.searches.store import TooMany
from services.api.searches.webhook import Progress, Webhook
from services.api.searches.webhook_store import Webhooks
from services.api.settings import ApiSettings
from tests.api.events import published
from tests.api.searches.conftest import hooked, state
from tests.api.searches.receiver import Came, Receiver
from tests.api.serving import put, served
from tests.waiting import eventually, until

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
WEBHOOK = Webhook(UUID(int=1), UUID(int=2), "https://hooks.example/", "whsec_A", (), "active", NOW, 1, Progress("0"))


def verifies(came: Came, *secrets: str) -> list[bool]:
    """By which of the secrets a receiver that has only that one is convinced."""

    def convinced(secret: str) -> bool:
        try:
            return bool(Verifier(secret).verify(came.body, came.headers) == came.event)
        except WebhookVerificationError:
            return False

    return [convinced(secret) for secret in secrets]


async def exchanged(client: httpx.AsyncClient, webhook: dict[str, Any], **asked: Any) -> dict[str, Any]:
    answer = await client.post(webhook["links"]["secret"], json=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_old_and_new_secret_verify_during_the_overlap_also_after_a_restart_and_then_the_new_one_alone(
    settings: ApiSettings, redis: Redis, here: Receiver
) -> None:
    async with served(settings) as client:
        webhook = await hooked(client, here.url)
        first = webhook["secret"]
        assert webhook["old_secret_until"] is None
        await put(redis, published(1))
        await until(lambda: len(here.came) == 1)
        asked_at = datetime.now(UTC)
        second = await exchanged(client, webhook)
        lasts = datetime.fromisoformat(second["old_secret_until"]) - asked_at
        assert timedelta(hours=23) < lasts < timedelta(hours=25), "a day, unless it is said otherwise"
        await put(redis, published(2))
        await until(lambda: len(here.came) == 2)
    async with served(settings) as client:
        told = await state(client, webhook)
        assert told["old_secret_until"] == second["old_secret_until"]
        assert "secret" not in told
        await put(redis, published(3))
        await until(lambda: len(here.came) == 3)
        own = new_secret()
        third = await exchanged(client, webhook, secret=own, overlap_s=0)
        assert (third["secret"], third["old_secret_until"]) == (own, None)
        await put(redis, published(4))
        await until(lambda: len(here.came) == 4)
    secrets = first, second["secret"], own
    assert [verifies(came, *secrets) for came in here.came] == [
        [True, False, False],
        [True, True, False],
        [True, True, False],
        [False, False, True],
    ]
    assert here.once == here.what == ["article 1", "article 2", "article 3", "article 4"]


async def test_an_overlap_ends_by_itself(client: httpx.AsyncClient, redis: Redis, here: Receiver) -> None:
    webhook = await hooked(client, here.url)
    made = await exchanged(client, webhook, overlap_s=1)
    for number in range(1, 10_000):
        await put(redis, published(number))
        await until(lambda count=number: len(here.came) == count)  # type: ignore[misc]
        if " " not in here.came[-1].headers["webhook-signature"]:
            break
    assert verifies(here.came[-1], webhook["secret"], made["secret"]) == [False, True]
    assert (await state(client, webhook))["old_secret_until"] is None


async def test_a_dead_letter_is_signed_with_the_secret_of_the_day(
    client: httpx.AsyncClient, redis: Redis, here: Receiver
) -> None:
    webhook = await hooked(client, here.url)
    here.answer = lambda came: "200 OK" if verifies(came, webhook["secret"]) == [False] else "401 Unauthorized"
    await put(redis, published(1))
    address = webhook["links"]["dead_letters"]

    async def died() -> bool:
        return bool((await client.get(address)).json()["dead_letters"])

    await eventually(died)
    made = await exchanged(client, webhook, overlap_s=0)
    [letter] = (await client.get(address)).json()["dead_letters"]
    await client.post(f"{address}/{letter['id']}/retry")
    await until(lambda: len(here.came) == 4)
    assert verifies(here.came[-1], made["secret"]) == [True]


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"secret": "short"}, "secret: must be whsec_ and 24 to 64 bytes in base64"),
    ({"overlap_s": -1}, "overlap_s"),
    ({"overlap_s": 10**9}, "overlap_s"),
    ({"overlap": 5}, "overlap"),
]


async def test_it_takes_no_body_refuses_mistakes_and_stops_at_so_many_old_secrets(client: httpx.AsyncClient) -> None:
    webhook = await hooked(client, "http://127.0.0.1:9000/hook")
    for asked, said in MISTAKES:
        answer = await client.post(webhook["links"]["secret"], json=asked)
        assert (answer.status_code, said in answer.json()["detail"]) == (422, True), answer.text
    assert (await state(client, webhook))["old_secret_until"] is None
    for _ in range(MOST_OLD):
        assert (await client.post(webhook["links"]["secret"])).status_code == 200
    answer = await client.post(webhook["links"]["secret"])
    assert (answer.status_code, "overlap_s" in answer.json()["detail"]) == (409, True), answer.text
    await exchanged(client, webhook, overlap_s=0)
    unknown = webhook["links"]["secret"].replace(webhook["id"], str(UUID(int=9)))
    assert (await client.post(unknown)).status_code == 404


def test_no_old_secret_signs_for_longer_than_the_latest_exchange_says() -> None:
    twice = rotated(rotated(WEBHOOK, "whsec_B", NOW, DAY), "whsec_C", NOW + DAY / 2, DAY / 4)
    assert secrets_at(twice, NOW + DAY / 2) == ("whsec_C", "whsec_B", "whsec_A")
    assert overlap_ends(twice, NOW + DAY / 2) == NOW + DAY * 3 / 4
    assert secrets_at(twice, NOW + DAY * 3 / 4) == ("whsec_C",)
    longer = rotated(rotated(WEBHOOK, "whsec_B", NOW, DAY / 2), "whsec_C", NOW, DAY)
    assert secrets_at(longer, NOW + DAY / 2) == ("whsec_C", "whsec_B"), "nor is a shorter one made longer"


def test_asked_for_twice_with_one_secret_it_is_exchanged_once() -> None:
    once = rotated(WEBHOOK, "whsec_B", NOW, DAY)
    assert rotated(once, "whsec_B", NOW + DAY / 2, DAY) == once
    back = rotated(once, "whsec_A", NOW, DAY)
    assert secrets_at(back, NOW) == ("whsec_A", "whsec_B")


def test_old_secrets_that_have_ended_are_forgotten_and_make_room() -> None:
    webhook = WEBHOOK
    for number in range(MOST_OLD):
        webhook = rotated(webhook, f"whsec_{number}", NOW, DAY)
    with pytest.raises(TooMany):
        rotated(webhook, "whsec_one_more", NOW, DAY)
    later = rotated(webhook, "whsec_one_more", NOW + DAY, DAY)
    assert len(later.old_secrets) == 1


def test_a_file_from_before_there_were_old_secrets_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "searches.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as sql:
        sql.executescript(MIGRATIONS[0])
        sql.execute("PRAGMA user_version = 1")
        sql.execute("INSERT INTO searches VALUES (?, 'Storms', 'storm', NULL, 50, 0, 0)", (str(WEBHOOK.search),))
        sql.execute(
            "INSERT INTO webhooks VALUES (?, ?, 'https://hooks.example/', 'whsec_A', 'article', 'active', 0, 3, '0', "
            "7, NULL, 0, NULL, NULL, 0, NULL)",
            (str(WEBHOOK.id), str(WEBHOOK.search)),
        )
    with closing(open_searches(path)) as sql:
        [webhook] = Webhooks(sql).every()
        assert (webhook.secret, webhook.progress.delivered, webhook.old_secrets) == ("whsec_A", 7, ())
        kept = Webhooks(sql).edit(WEBHOOK.search, WEBHOOK.id, lambda before: rotated(before, "whsec_B", NOW, DAY))
    with closing(open_searches(path)) as sql:
        assert Webhooks(sql).every() == [kept]
        assert kept is not None
        assert replace(kept, edition=3).old_secrets[0].ends == NOW + DAY
