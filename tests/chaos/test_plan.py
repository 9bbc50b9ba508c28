"""A seed says all about a round."""

from collections import Counter

from tests.chaos.plan import KINDS, LOSSES, draw

SEEDS = range(300)


def test_a_seed_gives_the_same_plan_each_time() -> None:
    assert [draw(seed) for seed in SEEDS] == [draw(seed) for seed in SEEDS]


def test_seeds_differ() -> None:
    assert len({draw(seed).faults for seed in SEEDS}) == len(SEEDS)


def test_every_kind_of_fault_comes() -> None:
    assert {fault.kind for seed in SEEDS for fault in draw(seed).faults} == {*KINDS, *LOSSES.values()}


def test_every_process_is_a_victim() -> None:
    victims = {fault.victim for seed in SEEDS for fault in draw(seed).faults if fault.kind == "kill"}
    assert victims == {"ingest-1", "ingest-2", "enrich-1", "enrich-2", "api"}


def test_what_the_broker_acknowledged_is_lost_only_in_rounds_of_that_class_and_once() -> None:
    for plan in map(draw, SEEDS):
        losses = [fault.kind for fault in plan.faults if fault.kind in LOSSES.values()]
        assert losses == ([] if plan.memory == "kept" else [LOSSES[plan.memory]])
    classes = Counter(draw(seed).memory for seed in SEEDS)
    assert set(classes) == {"kept", "cut", "flushed"}
    assert classes["kept"] > 2 * (classes["cut"] + classes["flushed"])


def test_pauses_outlast_every_lease_and_idle_time() -> None:
    assert min(fault.lasts_s for seed in SEEDS for fault in draw(seed).faults if fault.kind == "pause") > 3 + 1
