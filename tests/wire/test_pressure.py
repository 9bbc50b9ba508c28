"""When ingest goes on, slows and stops."""

import pytest

from services.wire.pressure import CALM, Level, Measures, Pressure, measured, pressure
from services.wire.standing import GroupAt, Look, Memory, StreamAt

SLOW, STOP = Pressure("slow", 0.5, "before"), Pressure("stop", 0.0, "before")


@pytest.mark.parametrize(
    ("memory", "waiting", "before", "level"),
    [
        (0.10, 0.10, CALM, "calm"),
        (0.79, 0.49, CALM, "calm"),
        (0.80, 0.10, CALM, "slow"),
        (0.76, 0.10, SLOW, "slow"),
        (0.74, 0.10, SLOW, "calm"),
        (0.90, 0.10, CALM, "stop"),
        (0.86, 0.10, STOP, "stop"),
        (0.86, 0.10, SLOW, "slow"),
        (0.84, 0.10, STOP, "slow"),
        (0.30, 0.10, STOP, "calm"),
        (0.10, 0.50, CALM, "slow"),
        (0.10, 0.41, SLOW, "slow"),
        (0.10, 0.39, SLOW, "calm"),
        (0.10, 0.95, CALM, "stop"),
        (0.10, 0.81, STOP, "stop"),
        (0.82, 0.95, CALM, "stop"),
        (1.50, 0.00, CALM, "stop"),
    ],
)
def test_both_memory_and_what_waits_count_and_end_below_where_they_began(
    memory: float, waiting: float, before: Pressure, level: Level
) -> None:
    found = pressure(Measures(memory, waiting, "enrich is 9 events behind on s"), before)
    assert found.level == level
    assert bool(found.why) == (level != "calm")
    assert (found.factor == 1.0, found.factor == 0.0) == (level == "calm", level == "stop")


def test_the_fuller_it_is_the_slower_it_goes() -> None:
    factors = [pressure(Measures(share / 100)).factor for share in range(70, 95)]
    assert factors == sorted(factors, reverse=True)
    assert min(factor for factor in factors if factor) == 0.1


def test_the_reason_says_who_is_behind() -> None:
    look = Look(
        Memory(100, 10_000),
        (
            StreamAt("articles", 100, 5_000, (GroupAt("enrich", unread=80, pending=10), GroupAt("api", unread=1))),
            StreamAt("enrichments", 10, 1_000, (GroupAt("api", unread=10),)),
            StreamAt("commands", 10, 9_000, (GroupAt("ingest", unread=10),)),
        ),
    )
    found = measured(look, most_bytes=10_000, silent=(), unweighed=("commands",))
    assert found == Measures(0.01, 0.55, "enrich is 90 events behind on articles")
    assert "enrich is 90 events behind on articles" in pressure(found).why
    assert measured(look, 0, silent=[("articles", "enrich")], unweighed=("commands",)).waiting < 0.2
