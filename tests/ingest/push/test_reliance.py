"""A hub is relied upon as long as it delivers: decisions on values."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import pytest

from services.ingest.push.reliance import after_delivery, after_polling, is_relied_upon, stretched
from services.ingest.push.subscription import Subscription, confirmed

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ACTIVE = confirmed(
    Subscription(base="b", hub="h", topic="t", token="t", secret="s", since=NOW, asked_at=NOW), None, NOW
)


def later(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def ids(*numbers: int) -> list[UUID]:
    return [uuid5(UUID(int=0), str(number)) for number in numbers]


def test_what_a_poll_finds_first_is_missed_unless_it_is_delivered_within_minutes() -> None:
    suspected = after_polling(ACTIVE, ids(1, 2), later(1), later(30))
    assert suspected.missed == 0
    assert after_polling(suspected, (), later(30), later(39)).missed == 0
    assert after_polling(suspected, (), later(30), later(41)).missed == 2
    delivered = after_delivery(suspected, ids(2, 7), later(35))
    assert (delivered.received, delivered.missed) == (1, 0)
    assert after_polling(delivered, (), later(30), later(41)).missed == 1


@pytest.mark.parametrize(
    ("push", "polled_before"),
    [
        (ACTIVE, None),
        (ACTIVE, later(-5)),
        (ACTIVE.model_copy(update={"status": "asked"}), later(1)),
        (ACTIVE.model_copy(update={"until": later(20)}), later(1)),
        (ACTIVE.model_copy(update={"pinged_at": later(29)}), later(1)),
    ],
    ids=["first poll", "polled before it was active", "not active", "lease ended", "the hub said so"],
)
def test_what_the_hub_had_not_promised_is_not_missed(push: Subscription, polled_before: datetime | None) -> None:
    polled = after_polling(push, ids(1), polled_before, later(30))
    assert after_polling(polled, (), later(30), later(60)).missed == 0


def test_a_hub_that_misses_is_not_relied_upon_until_it_has_delivered_again() -> None:
    push = ACTIVE
    for number in range(3):
        push = after_polling(push, ids(number), later(20 * number + 1), later(20 * number + 20))
        assert is_relied_upon(push, later(20 * number + 20))
    push = after_polling(push, (), later(60), later(80))
    assert push.missed == 3
    assert not is_relied_upon(push, later(80))
    assert is_relied_upon(after_delivery(push, ids(9), later(81)), later(81))


def test_a_hub_that_brings_one_of_two_is_not_relied_upon_in_the_end() -> None:
    push = ACTIVE
    for number in range(10):
        push = after_polling(push, ids(number), later(20 * number + 1), later(20 * number + 20))
        push = after_delivery(push, ids(100 + number), later(20 * number + 21))
    assert not is_relied_upon(push, later(201))


def test_only_a_promise_that_holds_is_relied_upon() -> None:
    assert is_relied_upon(ACTIVE, later(1))
    assert not is_relied_upon(None, NOW)
    assert not is_relied_upon(ACTIVE, later(11 * 24 * 60))


@pytest.mark.parametrize(
    ("minutes", "longest", "expected"), [(15, 1440, 60), (15, 30, 30), (60, 30, 60)], ids=["longer", "bounded", "own"]
)
def test_polls_wait_longer_but_within_bounds(minutes: float, longest: float, expected: float) -> None:
    assert stretched(timedelta(minutes=minutes), longest * 60) == timedelta(minutes=expected)
