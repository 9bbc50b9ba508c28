"""What a webhook is told next, on a read model and a hub of its own."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from services.api.live.wanted import Wanted
from services.api.query.parse import parse
from services.api.readmodel.horizon import Keep
from services.api.readmodel.position import Position
from services.api.searches.unsent import Unsent
from tests.api.events import at, published
from tests.api.live.replica import Replica, replica

pytestmark = pytest.mark.anyio

SEARCH = UUID(int=1)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Replica]:
    async with replica(tmp_path / "dateline.db", backlog=5) as here:
        yield here


def unsent(here: Replica, start: Position, q: str = "article") -> Unsent:
    kinds = Wanted(frozenset({"article", "revision"}), query=parse(q))
    return Unsent(here.model, here.hub, SEARCH, kinds, start)


async def rest(unsent: Unsent) -> list[str]:
    """The types and positions of all that is left."""
    told = []
    while (event := await unsent.next()) is not None:
        told.append(f"{event.type.split('.')[2]} {event.position.split('-', maxsplit=1)[0]}")
        unsent.pass_on()
    return told


async def test_journal_and_ring_give_each_change_once(here: Replica) -> None:
    for number in range(1, 13):  # more than the ring holds
        await here.article(number)
    told = unsent(here, Position.read("3-0_0-0_0-0"))
    assert await rest(told) == [f"article {number}" for number in range(4, 13)]
    await here.article(13)
    assert await rest(told) == ["article 13"]


async def test_the_next_one_stays_until_it_is_done_with(here: Replica) -> None:
    await here.article(1)
    told = unsent(here, Position())
    assert await told.next() is await told.next()
    assert str(told.position) == "0-0_0-0_0-0"


async def test_what_is_not_wanted_moves_it_on(here: Replica) -> None:
    for number in range(1, 4):
        await here.article(number)
    told = unsent(here, Position(), "storm")
    assert await told.next() is None
    assert str(told.position) == "3-0_0-0_0-0"


async def test_a_gap_is_told_also_while_the_ring_still_holds_what_left_the_journal(here: Replica) -> None:
    for number in range(1, 6):
        await here.article(number)
    while await here.model.prune(Keep(timedelta(days=100_000), 2), at(0)):
        pass
    assert here.hub.ring.first == 1
    assert await rest(unsent(here, Position())) == ["gap 3", "article 4", "article 5"]


async def test_a_reader_who_is_further_than_this_read_model_is_told_nothing_twice(here: Replica) -> None:
    """As after the database was dropped and is filled again."""
    told = unsent(here, Position.read("3-0_0-0_0-0"))
    await here.tell(1, *(published(number) for number in range(1, 6)))
    assert await rest(told) == ["article 4", "article 5"]


async def test_the_same_fact_has_the_same_id_wherever_it_is_read(here: Replica) -> None:
    for number in range(1, 3):
        await here.article(number)
    ids = []
    for start in ("0-0_0-0_0-0", "1-0_0-0_0-0"):
        told = unsent(here, Position.read(start))
        while (event := await told.next()) is not None:
            ids.append(event.id)
            told.pass_on()
    assert len(ids) == 3
    assert len(set(ids)) == 2
