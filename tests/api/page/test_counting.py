"""What is counted once between two changes."""

import asyncio
from typing import Any

import pytest

from services.api.page.counting import Counting
from services.api.readmodel.counts import By, FacetCounts
from services.api.readmodel.filters import Filter
from services.api.readmodel.model import ReadModel
from tests.api.conftest import Wire
from tests.api.events import enriched, published

pytestmark = pytest.mark.anyio
BY: tuple[By, ...] = ("tag",)


@pytest.fixture
def asked(model: ReadModel, monkeypatch: pytest.MonkeyPatch) -> list[Filter]:
    """What the read model was asked to count."""
    asked: list[Filter] = []
    count = model.facet_counts

    async def facet_counts(wanted: Filter, *further: Any) -> FacetCounts:
        asked.append(wanted)
        return await count(wanted, *further)

    monkeypatch.setattr(model, "facet_counts", facet_counts)
    return asked


async def test_between_two_changes_it_is_counted_once_for_all(
    wire: Wire, model: ReadModel, asked: list[Filter]
) -> None:
    await wire.tell(published(1), enriched(1, tags=("sea",)))
    counting, sea = Counting(model), Filter(tags=("sea",))
    found = await asyncio.gather(*(counting.facets(sea, BY, 5) for _ in range(3)))
    assert [one.counted for one in found] == [1, 1, 1]
    assert (await counting.facets(Filter(tags=("sea",)), BY, 5)).counted == 1
    assert asked == [sea]
    assert (await counting.facets(Filter(tags=("land",)), BY, 5)).counted == 0
    await wire.tell(published(2), enriched(2, tags=("sea",)))
    assert (await counting.facets(sea, BY, 5)).counted == 2
    assert asked == [sea, Filter(tags=("land",)), sea]


async def test_one_who_goes_away_ends_it_for_nobody_else(wire: Wire, model: ReadModel) -> None:
    await wire.tell(published(1))
    counting = Counting(model)
    gone = asyncio.create_task(counting.facets(Filter(), BY, 5))
    await asyncio.sleep(0)
    gone.cancel()
    assert (await counting.facets(Filter(), BY, 5)).counted == 1


async def test_what_failed_is_tried_again(model: ReadModel, monkeypatch: pytest.MonkeyPatch) -> None:
    counting = Counting(model)
    with monkeypatch.context() as broken:

        async def fails(*_asked: Any) -> FacetCounts:
            raise OSError("disk")

        broken.setattr(model, "facet_counts", fails)
        with pytest.raises(OSError, match="disk"):
            await counting.facets(Filter(), BY, 5)
    assert (await counting.facets(Filter(), BY, 5)).counted == 0
