"""The same articles give the same stories: in any process, and wherever the engine was saved between them."""

import hashlib
import subprocess
import sys
from collections.abc import Iterator

import pytest

from services.contracts.stories import Story
from services.enrich.stories.arrival import Arrival
from services.enrich.stories.engine import Stories
from services.enrich.stories.saved import OtherSnapshot
from services.enrich.stories.setting import Setting
from tests.enrich.stories.wires import DAY, DAY_OF_NEWS, FIRE, FIRE_ELSEWHERE, arrival, engine

_WORDS = "harbour ferry strike union tariff bridge flood mayor vote court museum comet vaccine glacier".split()


def long_wire() -> Iterator[Arrival]:
    """Some hundred articles over twenty days, of which many are alike."""
    for number in range(300):
        chosen = [_WORDS[(number * step) % len(_WORDS)] + str(number % 7) for step in (1, 3, 5)]
        yield arrival(
            " ".join(chosen), f"{' '.join(chosen)} in town {number % 11}", f"{number % 5}.example", hours=1.6 * number
        )


def changes_of(stories: Stories, wire: Iterator[Arrival]) -> list[Story]:
    return [change for one in wire for change in stories.take(one)]


def digest() -> str:
    stories = engine()
    changes = changes_of(stories, long_wire())
    stories.merge(changes[0].id, changes[1].id, changes[-1].sequence)
    told = "\n".join(change.model_dump_json() for change in changes).encode()
    return hashlib.sha256(told + stories.snapshot()).hexdigest()


def test_the_wire_of_these_tests_has_every_kind_of_change() -> None:
    kinds = {change.change for change in changes_of(engine(), long_wire())}
    assert {"opened", "grown", "quiet"} <= kinds


@pytest.mark.parametrize("seed", ["0", "1", "4711"])
def test_no_process_differs_from_another(seed: str) -> None:
    code = "from tests.enrich.stories.test_replay import digest; print(digest())"
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == digest()


def test_an_engine_goes_on_from_any_snapshot_as_if_nothing_had_been() -> None:
    wire = list(long_wire())
    steady = engine()
    for at, one in enumerate(wire):
        changes = steady.take(one)
        if at % 37 == 0:
            restored = Stories.restore(steady.snapshot(), "en")
        else:
            assert restored.take(one) == changes, at
    assert restored.snapshot() == steady.snapshot()


def test_a_snapshot_keeps_what_editors_said() -> None:
    stories = engine()
    for one in DAY_OF_NEWS:
        stories.take(one)
    absent = arrival("Never came", "").article
    stories.merge(absent, FIRE.article, FIRE.at)
    stories.pin(absent, FIRE.article, FIRE.at)
    stories.rename(FIRE.article, "Fire in Bergen", FIRE.at)
    stories.split(FIRE.article, [FIRE_ELSEWHERE.article], FIRE.at)
    again = Stories.restore(stories.snapshot(), "en")
    assert again.state.edits == stories.state.edits
    assert again.state.told == stories.state.told
    assert again.snapshot() == stories.snapshot()


def test_sequences_only_grow_and_follow_the_moments_of_the_events() -> None:
    changes = changes_of(engine(), long_wire())
    sequences = [change.sequence for change in changes]
    assert sequences == sorted(set(sequences))
    assert sequences[-1] - sequences[0] == pytest.approx(299 * 1.6 * DAY / 24, rel=0.01)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda snapshot: b"other " + snapshot, "no snapshot of stories"),
        (lambda snapshot: snapshot[:-40], "damaged"),
        (lambda snapshot: snapshot[:0], "no snapshot of stories"),
    ],
)
def test_a_spoilt_snapshot_is_refused_with_the_reason(spoil: object, reason: str) -> None:
    assert callable(spoil)
    with pytest.raises(OtherSnapshot, match=reason):
        Stories.restore(spoil(engine().snapshot()), "en")


def test_a_snapshot_of_another_language_or_setting_is_refused() -> None:
    snapshot = engine().snapshot()
    with pytest.raises(OtherSnapshot, match="language"):
        Stories.restore(snapshot, "de")
    with pytest.raises(OtherSnapshot, match="setting"):
        Stories.restore(snapshot, "en", Setting(threshold=0.5))
