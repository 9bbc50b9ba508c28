"""A seed says all about a round."""

from collections import Counter

import pytest

from tests.chaos.plan import KINDS, LOSING, LOSSES, Setting, draw

SEEDS = range(300)
SETTINGS: tuple[Setting, ...] = ("single", "sentinel", "cluster")
every_setting = pytest.mark.parametrize("broker", SETTINGS)


@every_setting
def test_a_seed_gives_the_same_plan_each_time(broker: Setting) -> None:
    assert [draw(seed, broker=broker) for seed in SEEDS] == [draw(seed, broker=broker) for seed in SEEDS]


def test_seeds_differ() -> None:
    assert len({draw(seed).faults for seed in SEEDS}) == len(SEEDS)


@every_setting
def test_every_kind_of_fault_comes_in_as_many_rounds_as_there_are_kinds(broker: Setting) -> None:
    for first in (1, 100):
        seeds = range(first, first + max(10, len(KINDS[broker])))
        came = {fault.kind for seed in seeds for fault in draw(seed, broker=broker).faults}
        assert came - set(LOSSES.values()) == set(KINDS[broker])
        assert broker != "single" or came >= set(LOSSES.values())


def test_every_process_is_a_victim() -> None:
    victims = {fault.victim for seed in SEEDS for fault in draw(seed).faults if fault.kind == "kill"}
    assert victims == {"ingest-1", "ingest-2", "enrich-1", "enrich-2", "api-1", "api-2"}


def test_what_one_server_acknowledged_is_lost_only_in_rounds_of_that_class_and_once() -> None:
    for plan in map(draw, SEEDS):
        losses = [fault.kind for fault in plan.faults if fault.kind in LOSSES.values()]
        assert losses == ([] if plan.memory == "kept" else [LOSSES[plan.memory]])
    classes = Counter(draw(seed).memory for seed in SEEDS)
    assert set(classes) == {"kept", "cut", "flushed"}
    assert classes["kept"] > 2 * (classes["cut"] + classes["flushed"])


@pytest.mark.parametrize("broker", SETTINGS[1:])
def test_what_replicas_may_lack_is_asked_for_where_nothing_made_one_of_them_the_primary(broker: Setting) -> None:
    for plan in (draw(seed, broker=broker) for seed in SEEDS):
        takes_over = any(fault.kind in LOSING[broker] for fault in plan.faults)
        assert plan.memory == ("cut" if takes_over else "kept")
    assert {draw(seed, broker=broker).memory for seed in SEEDS} == {"cut", "kept"}


def test_pauses_outlast_every_lease_and_idle_time() -> None:
    assert min(fault.lasts_s for seed in SEEDS for fault in draw(seed).faults if fault.kind == "pause") > 3 + 1
