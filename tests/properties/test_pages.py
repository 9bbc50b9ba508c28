"""Who pages through a listing while articles arrive sees each that was there once, and none twice."""

import asyncio
import json
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from services.api.readmodel.filters import Cursor, Filter, Sort
from services.api.readmodel.model import ReadModel
from tests.api.conftest import Wire
from tests.api.events import article_id, enriched, published, revised
from tests.properties.amount import examples

_FIRST = 14
_arrivals = st.lists(
    st.lists(st.tuples(st.sampled_from(("new", "old", "revised")), st.integers(0, 59)), max_size=3), max_size=8
)


@given(_arrivals, st.integers(1, 5), st.lists(st.integers(0, 9), min_size=_FIRST, max_size=_FIRST))
@examples(12)
def test_pages_neither_skip_nor_double(arrivals: list[list[tuple[str, int]]], size: int, minutes: list[int]) -> None:
    for sort in ("published", "first_seen"):
        asyncio.run(_paged(arrivals, size, minutes, sort))


async def _paged(arrivals: list[list[tuple[str, int]]], size: int, minutes: list[int], sort: Sort) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with ReadModel(Path(folder) / "dateline.db") as model:
            wire = Wire(model)
            for number, minute in enumerate(minutes):  # many at the same moment
                await wire.tell(published(number, minutes=minute))
            between = iter(arrivals)
            seen: list[str] = []
            cursor: Cursor | None = None
            while True:
                page = await model.articles(Filter(), size, cursor, sort)
                seen += [json.loads(headline)["id"] for headline in page.headlines]
                cursor = page.next
                if cursor is None:
                    break
                await _arrive(wire, next(between, []), len(seen))
            there = {str(article_id(number)) for number in range(_FIRST)}
            assert len(seen) == len(set(seen))
            assert there <= set(seen)


async def _arrive(wire: Wire, arriving: list[tuple[str, int]], salt: int) -> None:
    for number, (kind, value) in enumerate(arriving):
        name = 1_000 + salt * 10 + number
        if kind == "new":
            await wire.tell(published(name, minutes=100 + value))
        elif kind == "old":  # it belongs in the middle of what was shown
            await wire.tell(published(name, minutes=value / 6), enriched(name, minutes=value / 6, ago=value))
        else:
            await wire.tell(revised(value % _FIRST, 2, minutes=0, title=f"Revised {salt}"))
