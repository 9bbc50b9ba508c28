"""The engine of stories: where it was saved and restored, which is where a batch ends, changes nothing, and neither do
the steps in which time passes."""

from collections.abc import Callable
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.contracts.stories import Story
from services.enrich.stories.arrival import Arrival
from services.enrich.stories.engine import Stories
from services.enrich.stories.rarity import background_of
from tests.enrich.stories.wires import BEGINNING, HOUR, arrival, article_id
from tests.properties.amount import examples

_WORDS = (
    "ferry",
    "harbour",
    "council",
    "storm",
    "votes",
    "closes",
    "Oslo",
    "budget",
    "rail",
    "strike",
    "mayor",
    "island",
)
_SOURCES = ("harbour-courier.example", "tide.example", "island-post.example")
_titles = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=5).map(" ".join)
_names = st.sampled_from(("place:oslo", "person:ann"))
_arrivals = st.builds(
    lambda title, summary, source, names: arrival(title, summary, source, 0, names),
    _titles, _titles, st.sampled_from(_SOURCES), st.lists(_names, max_size=2, unique=True),
)  # fmt: skip
Step = Callable[[Stories, int], list[Story]]


@st.composite
def _steps(draw: st.DrawFn) -> list[tuple[int, Step]]:
    """Articles and editors' words, each with the hours that pass before it."""
    steps: list[tuple[int, Step]] = []
    known: list[UUID] = [article_id("never came", _SOURCES[0])]
    some = st.deferred(lambda: st.sampled_from(known))
    for _ in range(draw(st.integers(1, 25))):
        hours = draw(st.sampled_from((0, 0, 1, 5, 30, 400)))
        kind = draw(st.sampled_from(("take",) * 6 + ("merge", "split", "pin", "rename", "time")))
        if kind == "take":
            coming = draw(_arrivals)
            known.append(coming.article)
            steps.append((hours, _taking(coming)))
        else:
            one, other = draw(some), draw(some)
            steps.append((hours, _editing(kind, one, other)))
    return steps


def _taking(coming: Arrival) -> Step:
    return lambda stories, at: stories.take(coming._replace(at=at, first_seen=at, published=at))


def _editing(kind: str, one: UUID, other: UUID) -> Step:
    words: dict[str, Step] = {
        "merge": lambda stories, at: stories.merge(one, other, at),
        "split": lambda stories, at: stories.split(one, [other], at),
        "pin": lambda stories, at: stories.pin(one, other, at),
        "rename": lambda stories, at: stories.rename(one, "Named", at),
        "time": lambda stories, at: stories.pass_time(at),
    }
    return words[kind]


@given(_steps(), st.sets(st.integers(0, 25)))
@examples(40)
def test_it_may_be_saved_and_restored_anywhere(steps: list[tuple[int, Step]], saved: set[int]) -> None:
    straight, broken = (Stories("en", background_of("en")) for _ in range(2))
    at = BEGINNING
    for number, (hours, step) in enumerate(steps):
        at += hours * HOUR
        if number in saved:
            snapshot = broken.snapshot()
            broken = Stories.restore(snapshot, "en")
            assert broken.snapshot() == snapshot
        assert step(broken, at) == step(straight, at)
    assert broken.snapshot() == straight.snapshot()


@given(_steps(), st.lists(st.integers(1, 400 * HOUR), max_size=12))
@examples(40)
def test_time_may_pass_in_any_steps(steps: list[tuple[int, Step]], stops: list[int]) -> None:
    """Who reads a stream as it comes is told the time by articles of other languages, who replays it may not be."""
    straight, stepwise = (Stories("en", background_of("en")) for _ in range(2))
    at = BEGINNING
    for hours, step in steps:
        between = [stepwise.pass_time(at + stop) for stop in sorted(stops) if stop < hours * HOUR]
        at += hours * HOUR
        assert [story for stories in (*between, step(stepwise, at)) for story in stories] == step(straight, at)
    assert stepwise.snapshot() == straight.snapshot()
