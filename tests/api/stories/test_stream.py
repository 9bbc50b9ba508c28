"""The live stream tells of stories: live and replayed alike, and after it can be read."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from services.api.readmodel.stories_documents import StoryTold
from tests.api.conftest import Told
from tests.api.events import article_id, enriched, published, story_changed
from tests.api.live.replica import BEGINNING, Replica, replica
from tests.api.serving import Listener, listening
from tests.waiting import until

pytestmark = pytest.mark.anyio


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Replica]:
    async with replica(tmp_path / "dateline.db", heartbeat_s=0.2) as here:
        yield here


def a_day() -> list[Told]:
    return [
        published(1, minutes=1, text="The harbour is closed."),
        published(2, minutes=2, source="north.example"),
        published(3, minutes=3, source="north.example"),
        enriched(1, minutes=1, tags=("ferries",)),
        story_changed(1, 1, "opened", joined=(1,)),
        enriched(2, minutes=2),
        story_changed(1, 2, joined=(2,)),
        story_changed(3, 3, "opened", joined=(3,)),
        story_changed(3, 4, "merged", into=1),
        story_changed(1, 5, "renamed", title="Harbour", by="editor"),
        story_changed(1, 6, "quiet"),
    ]


async def tell(here: Replica, events: list[Told]) -> None:
    for entry, event in enumerate(events, start=1):
        await here.tell(entry, event)


def stories(listener: Listener) -> list[tuple[str, str, int, list[str]]]:
    """What was told of stories: change, title, size, and the numbers of the articles that joined."""
    ids = {str(article_id(number)): str(number) for number in range(10)}
    told = [StoryTold.model_validate(heard.data) for heard in listener.heard if heard.event == "story"]
    return [(one.change, one.title, one.size, [ids[str(article)] for article in one.joined]) for one in told]


async def test_each_change_of_a_story_is_told_with_the_story_as_it_is(here: Replica) -> None:
    async with listening(here.client) as listener:
        await tell(here, a_day())
        await until(lambda: len(stories(listener)) == 6)
    assert stories(listener) == [
        ("opened", "Story 1", 1, ["1"]),
        ("grown", "Story 1", 2, ["2"]),
        ("opened", "Story 3", 1, ["3"]),
        ("merged", "Story 3", 0, []),
        ("renamed", "Harbour", 3, []),
        ("quiet", "Story 1", 3, []),
    ]
    merged = next(heard.data for heard in listener.heard if heard.data.get("change") == "merged")
    assert merged["into"] == str(article_id(1))
    assert [heard.data["new"] for heard in listener.heard if heard.event == "story"] == [True, False, True] + [
        False
    ] * 3


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("types=story", ["opened", "grown", "opened", "merged", "renamed", "quiet"]),
        ("types=article", []),
        ("types=story&tag=ferries", ["opened", "merged", "renamed", "quiet"]),
        ("types=story&q=harbour", ["opened", "merged", "renamed", "quiet"]),
        ("types=story&q=-harbour", ["grown", "opened"]),
        ("types=story&source=north.example", ["grown", "opened"]),
        (f"types=story&story={article_id(1)}", ["opened", "grown", "merged", "renamed", "quiet"]),
        (f"types=story&story={article_id(3)}", ["opened", "merged", "renamed", "quiet"]),
        (f"types=story&q=-story:{article_id(1)}", ["opened"]),
        ("fold=story", ["opened", "opened"]),
        ("fold=story&q=harbour", ["opened"]),
    ],
)
async def test_a_story_is_judged_by_the_article_that_its_change_is_about(
    here: Replica, query: str, expected: list[str]
) -> None:
    """The one that joined it, else the one that stands for it. A merged story is heard of under both names."""
    async with listening(here.client, f"/v1/stream?{query}") as live, listening(here.client) as witness:
        await tell(here, a_day())
        await until(lambda: len(witness.heard) == 11)
        await until(lambda: live.position == witness.position)
    assert [change for change, *_ in stories(live)] == expected
    assert {heard.event for heard in live.heard} <= ({"article"} if "types=article" in query else {"story"})


async def test_an_article_is_heard_of_under_its_story(here: Replica) -> None:
    await tell(here, a_day()[:5])
    address = f"/v1/stream?story={article_id(1)}&types=enrichment"
    async with listening(here.client, address) as listener:
        await here.enrichment(1, minutes=1, version=2)
        await until(lambda: len(listener.heard) == 1)
    assert listener.heard[0].data["story"] == {"id": str(article_id(1)), "size": 1, "sources": 1}


@pytest.mark.parametrize("query", ["types=story", "types=story&q=harbour", "types=story&tag=ferries", "fold=story"])
async def test_a_replay_tells_the_same_changes_with_the_stories_as_they_are_now(here: Replica, query: str) -> None:
    async with listening(here.client, f"/v1/stream?{query}") as live, listening(here.client) as witness:
        await tell(here, a_day())
        await until(lambda: len(witness.heard) == 11)
        await until(lambda: live.position == witness.position)
    async with listening(here.client, f"/v1/stream?{query}&since={BEGINNING}") as replayed:
        await until(lambda: replayed.position == witness.position)
    before, after = stories(live), stories(replayed)
    about = [(heard.data["id"], heard.data["new"], heard.data["joined"]) for heard in live.heard]
    assert before, query
    assert [(heard.data["id"], heard.data["new"], heard.data["joined"]) for heard in replayed.heard][
        : len(about)
    ] == about
    assert [change for change, *_ in after][:2] == [change for change, *_ in before][:2]
    assert {title for _, title, *_ in after} <= {"Story 1", "Story 3"}
    assert {size for _, _, size, _ in after} <= {3, 0}


async def test_who_was_away_goes_on_after_the_last_change_it_heard_of(here: Replica) -> None:
    events = a_day()
    async with listening(here.client, "/v1/stream?types=story") as listener:
        await tell(here, events[:7])
        await until(lambda: len(listener.heard) == 2)
    for entry, event in enumerate(events[7:], start=8):
        await here.tell(entry, event)
    async with listening(here.client, "/v1/stream?types=story", listener.position) as again:
        await until(lambda: len(again.heard) == 4)
        assert [change for change, *_ in stories(again)] == ["opened", "merged", "renamed", "quiet"]


async def test_an_article_that_comes_after_it_joined_tells_of_the_story_then(here: Replica) -> None:
    async with listening(here.client) as listener:
        await here.tell(1, story_changed(1, 1, "opened", joined=(1,)))
        await here.tell(2, story_changed(1, 2, joined=(2,)))
        await here.article(1)
        await here.article(2)
        await until(lambda: len(listener.heard) == 4)
        assert [heard.event for heard in listener.heard] == ["article", "story", "article", "story"]
        assert stories(listener) == [("opened", "Story 1", 1, ["1"]), ("grown", "Story 1", 2, ["2"])]
        assert listener.heard[0].data["story"]["size"] == 1


async def test_what_is_told_of_a_story_can_be_read(here: Replica) -> None:
    async with listening(here.client, "/v1/stream?types=story") as listener:
        telling = asyncio.create_task(tell(here, a_day()))
        for place in range(6):
            await until(partial(_heard, listener, place + 1))
            data = listener.heard[place].data
            answer = await here.client.get(data["links"]["self"])
            assert answer.status_code in (200, 308), data
        await telling


def _heard(listener: Listener, count: int) -> bool:
    return len(listener.heard) >= count
