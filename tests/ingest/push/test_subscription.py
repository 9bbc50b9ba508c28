"""What is asked of a hub, and when: decisions on values."""

from datetime import UTC, datetime, timedelta

import pytest

from services.ingest.push.discovery import Offer
from services.ingest.push.subscription import (
    Credentials,
    Next,
    Subscription,
    confirmed,
    denied,
    ended,
    failed,
    next_step,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BASE, HUB, OTHER, TOPIC = (
    "https://wire.example/v1/push",
    "https://hub.example/",
    "https://two.example/",
    "https://e.example/",
)
OFFER = Offer((HUB, OTHER), TOPIC)
FRESH = Credentials("t2", "s2")


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def asked() -> Subscription:
    return Subscription(base=BASE, hub=HUB, topic=TOPIC, token="t1", secret="s1", since=NOW, asked_at=NOW)


def active(lease_s: float = 10 * 3600) -> Subscription:
    return confirmed(asked(), lease_s, NOW)


def step(known: Subscription | None, after: float = 0, offer: Offer = OFFER, base: str | None = BASE) -> Next:
    return next_step(known, offer, base, NOW + hours(after), FRESH)


def asks(taken: Next) -> list[tuple[str, str, str]]:
    return [(ask.mode, ask.subscription.hub, ask.subscription.token) for ask in taken.asks]


def test_a_hub_that_is_named_is_asked_with_fresh_credentials() -> None:
    taken = step(None)
    assert asks(taken) == [("subscribe", HUB, "t2")]
    assert taken.subscription
    assert (taken.subscription.status, taken.subscription.secret) == ("asked", "s2")


@pytest.mark.parametrize(("offer", "base"), [(Offer((), TOPIC), BASE), (OFFER, None)], ids=["no hub", "not reachable"])
def test_without_a_hub_or_an_address_of_our_own_nothing_is_asked(offer: Offer, base: str | None) -> None:
    assert step(None, offer=offer, base=base) == Next(None)
    let_go = step(active(), offer=offer, base=base)
    assert asks(let_go) == [("unsubscribe", HUB, "t1")]
    assert let_go.subscription
    assert let_go.subscription.status == "ended"
    assert step(let_go.subscription, 1, offer, base).asks == ()


@pytest.mark.parametrize(
    ("known", "after", "status", "expected"),
    [
        (asked(), 0.9, "asked", []),
        (asked(), 1.1, "failing", []),
        (active(), 6.9, "active", []),
        (active(), 7.1, "active", [("subscribe", HUB, "t1")]),
        (active(), 10.1, "asked", [("subscribe", HUB, "t1")]),
        (failed(asked(), "500", NOW), 0.9, "failing", []),
        (failed(asked(), "500", NOW), 1.1, "asked", [("subscribe", HUB, "t1")]),
        (denied(active(), "no", NOW), 24, "denied", []),
        (denied(active(), "no", NOW), 7 * 24 + 1, "asked", [("subscribe", HUB, "t1")]),
        (ended(active(), "gone", NOW), 0, "asked", [("subscribe", HUB, "t2")]),
    ],
    ids=[
        "time to confirm", "never confirmed", "lease runs", "renewal", "lease ended", "failed lately", "tried again",
        "denied lately", "denied long ago", "named again",
    ],
)  # fmt: skip
def test_what_follows_from_the_present_state(
    known: Subscription, after: float, status: str, expected: list[tuple[str, str, str]]
) -> None:
    taken = step(known, after)
    assert asks(taken) == expected
    assert taken.subscription
    assert taken.subscription.status == status
    assert taken.reason


def test_a_renewal_is_asked_once_an_hour_and_moves_the_end() -> None:
    renewing = step(active(), 7.1).subscription
    assert renewing
    assert step(renewing, 7.5).asks == ()
    assert len(step(renewing, 8.2).asks) == 1
    renewed = confirmed(renewing, 10 * 3600, NOW + hours(7.2))
    assert renewed.until == NOW + hours(17.2)
    assert renewed.since == NOW


@pytest.mark.parametrize(("failures", "hours_later"), [(0, 1), (1, 2), (2, 4), (5, 24), (400, 24)])
def test_a_hub_that_fails_is_asked_less_and_less_often(failures: int, hours_later: float) -> None:
    known = asked().model_copy(update={"failures": failures})
    assert failed(known, "500", NOW).next_ask_at == NOW + hours(hours_later)


def test_a_failed_renewal_leaves_the_lease_as_it_is() -> None:
    known = failed(active(), "500", NOW + hours(7))
    assert (known.status, known.until, known.reason) == ("active", NOW + hours(10), "500")
    assert known.renew_at == NOW + hours(8)


def test_after_some_failures_the_next_hub_has_its_turn() -> None:
    tired = asked().model_copy(update={"status": "failing", "failures": 3})
    assert asks(step(tired)) == [("subscribe", OTHER, "t2")]
    assert asks(step(tired, offer=Offer((HUB,), TOPIC))) == [("subscribe", HUB, "t1")]


@pytest.mark.parametrize(
    ("offer", "base"),
    [(Offer((OTHER,), TOPIC), BASE), (Offer((HUB,), "https://e.example/new"), BASE), (OFFER, "https://new.example/p")],
    ids=["another hub", "another topic", "another address of ours"],
)
def test_the_old_subscription_is_given_up_for_another_but_not_all_the_time(offer: Offer, base: str) -> None:
    assert step(active(), 0.5, offer, base).asks == ()
    assert asks(step(active(), 1.1, offer, base)) == [("unsubscribe", HUB, "t1"), ("subscribe", offer.hubs[0], "t2")]


@pytest.mark.parametrize(("said", "meant"), [(None, 864_000), (5, 60), (7_200, 7_200), (1e9, 30 * 86_400)])
def test_the_hub_names_the_lease_within_reason(said: float | None, meant: float) -> None:
    assert confirmed(asked(), said, NOW).until == NOW + timedelta(seconds=meant)


def test_others_see_neither_token_nor_secret() -> None:
    shown = active().shown.model_dump_json()
    assert "t1" not in shown
    assert "s1" not in shown
