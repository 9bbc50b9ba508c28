"""How long to leave a feed alone that could not be read."""

from typing import get_args

import pytest

from services.ingest.backoff import GRADES, wait_after
from services.ingest.outcomes import Failed, FailureKind
from services.ingest.rhythm import Bounds

BOUNDS = Bounds(interval_s=900, longest_s=86_400)
KINDS: tuple[FailureKind, ...] = get_args(FailureKind)


def waits(kind: FailureKind, failures: int = 4) -> list[float]:
    return [wait_after(Failed(kind, "no"), before, BOUNDS, 0.5) / 60 for before in range(failures)]


@pytest.mark.parametrize(
    ("kind", "minutes"),
    [
        ("timeout", [15, 30, 60, 120]),
        ("server error", [15, 30, 60, 120]),
        ("busy", [30, 60, 120, 240]),
        ("dns", [15, 45, 135, 405]),
        ("tls", [30, 90, 270, 810]),
        ("not a feed", [30, 90, 270, 810]),
        ("status", [60, 120, 240, 480]),
        ("gone", [1440, 1440, 1440, 1440]),
    ],
)
def test_each_kind_of_failure_has_its_own_first_wait_and_growth(kind: FailureKind, minutes: list[float]) -> None:
    assert waits(kind) == minutes


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_grade_and_none_is_given_up(kind: FailureKind) -> None:
    assert kind in GRADES
    assert wait_after(Failed(kind, "no"), 1_000_000, BOUNDS, 0.5) == 86_400


def test_the_server_may_ask_for_up_to_a_day_even_where_waits_are_short() -> None:
    short = Bounds(interval_s=1, longest_s=60)
    assert wait_after(Failed("busy", "no", 1e9), 0, short, 0.5) == 86_400
