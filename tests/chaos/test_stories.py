"""The judge of stories sees what is wrong: stories that were tampered with, each in one way."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from services.contracts.stories import Because, Joined, Story
from services.contracts.streams import StreamNames
from services.enrich.stories.engine import UNKNOWN
from services.enrich.story_owner.entries import Entry
from services.enrich.story_owner.language import event_of
from tests.chaos import stories
from tests.chaos.stories import Served

NAMES = StreamNames(prefix="dateline")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
A, B, C = (UUID(int=number) for number in (1, 2, 3))


def story(opened_by: UUID, articles: Sequence[UUID], sources: int = 1) -> dict[str, Any]:
    return {"id": str(opened_by), "title": "One", "size": len(articles), "sources": sources}


def article(id: UUID, of: dict[str, Any] | None) -> dict[str, Any]:
    shown = of and {"id": of["id"], "size": of["size"], "sources": of["sources"]}
    return {"id": str(id), "url": f"https://a.example/{id.int}", "story": shown}


@pytest.fixture
def served() -> Served:
    """One story of A and B, one of C."""
    one, two = story(A, [A, B]), story(C, [C])
    members = {str(A): [str(A), str(B)], str(C): [str(C)]}
    return Served([article(A, one), article(B, one), article(C, two)], [one, two], members)


def change(id: UUID, sequence: int, *joined: UUID, into: UUID | None = None) -> Entry:
    told = Story(
        id=id, sequence=sequence, change="merged" if into else "grown", language="en", title="One", articles=1,
        sources=1, opened=NOON, last=NOON, into=into,
        joined=tuple(Joined(article=one, because=Because(method="opened")) for one in joined),
    )  # fmt: skip
    return Entry((sequence, 0), b"", event_of(told, sequence, None))


TAMPERINGS: dict[str, Callable[[Served], object]] = {
    "1 in no story: https://a.example/2": lambda served: served.articles[1].update(story=None),  # type: ignore[attr-defined]
    "1 stories that articles name and that are not listed": lambda served: served.stories.pop(),  # type: ignore[attr-defined]
    "1 stories listed more than once": lambda served: served.stories.append(served.stories[0]),  # type: ignore[attr-defined]
    "1 stories that no article names": lambda served: served.stories.append(story(B, [])),  # type: ignore[attr-defined]
    "says that it has 3 articles; 2 name it": lambda served: served.stories[0].update(size=3),  # type: ignore[attr-defined]
    "lists 3 members; 2 articles name it": lambda served: served.members[str(A)].append(str(B)),  # type: ignore[attr-defined]
    "lists 1 members; 2 articles name it": lambda served: served.members[str(A)].pop(),  # type: ignore[attr-defined]
    "articles that name their story's size otherwise": lambda served: served.articles[0]["story"].update(size=1),
}


def test_nothing_is_wrong_with_good_stories(served: Served) -> None:
    assert list(stories.of_served(served)) == []


@pytest.mark.parametrize("said", TAMPERINGS)
def test_what_does_not_agree_is_seen(said: str, served: Served) -> None:
    TAMPERINGS[said](served)
    assert any(said in line for line in stories.of_served(served))


def test_the_stream_tells_the_partition_also_of_stories_that_were_merged(served: Served) -> None:
    told = [change(A, 1, A), change(B, 2, B), change(C, 3, C), change(B, 4, into=A)]
    assert list(stories.of_stream(served, told)) == []
    assert list(stories.of_stream(served, told[:3])) == [f"1 in another story than the stream tells: {B}"]
    assert list(stories.of_stream(served, told[1:])) == [f"1 in a story of which the stream tells nothing: {A}"]


def test_a_replay_that_tells_other_stories_is_seen() -> None:
    assert list(stories.of_replay([], 0, NAMES)) == []
    [said] = stories.of_replay([change(A, 1, A)], 0, NAMES)
    assert said == "stories in 'en' are told otherwise in a replay: 1 events, not 0"
    assert stories.told_anew([], 0, NAMES) == {}
    assert UNKNOWN != "en"


def test_a_reader_that_was_told_otherwise_at_last_is_seen(served: Served) -> None:
    last = {one["id"]: dict(one) for one in served.stories}
    assert list(stories.of_heard(served, last, "/v1/stream")) == []
    last[str(A)]["size"] = 1
    del last[str(C)]
    assert [line.partition(":")[0] for line in stories.of_heard(served, last, "/v1/stream")] == [
        "1 stories never told at /v1/stream",
        "1 stories last told at /v1/stream as they are no more",
    ]
