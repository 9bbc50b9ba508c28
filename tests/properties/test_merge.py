"""The read model is made by the set of events: not by their order, their batches, or how often they come."""

import asyncio
import random
import sqlite3
import tempfile
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.api.readmodel.filters import Filter
from services.api.readmodel.model import ReadModel
from tests.api.conftest import Told, Wire, stream_of
from tests.api.events import article_id, enriched, listed, published, revised
from tests.properties.texts import titles

_numbers = st.integers(1, 4)
_sources = st.sampled_from(("a.example", "b.example"))
_bodies = titles | st.none()
_feeds = st.sampled_from(("https://a.example/1.xml", "https://a.example/2.xml"))
_setups = st.none() | st.builds(lambda since: {"digest": f"rules {since}", "since": since}, st.integers(1, 3))
_tags = st.lists(st.sampled_from(("wet", "place:oslo", "category:x")), max_size=3, unique=True).map(tuple)


@st.composite
def _articles(draw: st.DrawFn) -> list[Told]:
    """All that is ever told of some articles. What was told of one revision is never told otherwise; it may be enriched
    by several versions with several setups, and by one of them in several ways."""
    events: list[Told] = []
    for number in draw(st.lists(_numbers, min_size=1, max_size=4, unique=True)):
        revisions = draw(st.integers(1, 3))
        for revision in range(1, revisions + 1):
            source, words = draw(_sources), {"title": draw(titles), "text": draw(_bodies)}
            events.append(
                published(number, minutes=number, source=source, **words)
                if revision == 1
                else revised(number, revision, minutes=number, source=source, **words)
            )
        events += [listed(number, feed, minutes=draw(st.integers(0, 9))) for feed in draw(st.sets(_feeds))]
        for revision, version in draw(st.lists(st.tuples(st.integers(1, revisions), st.integers(1, 2)), max_size=4)):
            ago, tags, setup = draw(st.none() | st.integers(0, 99)), draw(_tags), draw(_setups)
            about: dict[str, Any] = {"revision": revision, "version": version, "minutes": number, "setup": setup}
            events.append(enriched(number, tags=tags, ago=ago, **about))
    return events


@given(_articles(), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_any_order_any_repeats_any_batches_give_the_same(events: list[Told], chance: random.Random) -> None:
    shuffled = [*events, *chance.sample(events, len(events) // 2)]
    chance.shuffle(shuffled)
    assert asyncio.run(_served(shuffled, chance)) == asyncio.run(_served(events, None))


async def _served(events: Sequence[Told], chance: random.Random | None) -> object:
    with tempfile.TemporaryDirectory() as folder:
        async with ReadModel(Path(folder) / "dateline.db") as model:
            wire = Wire(model)
            for batch in _batches(events, chance):
                await wire.tell_batch(batch)
            return (
                [await model.article(article_id(number)) for number in range(1, 5)],
                [await model.revisions(article_id(number)) for number in range(1, 5)],
                (await model.articles(Filter(), 100)).headlines,
                sorted(await model.tags(), key=lambda size: size.key),
                sorted(await model.sources(), key=lambda size: size.key),
                (await model.counts()).articles,
                _index(Path(folder) / "dateline.db"),
            )


def _batches(events: Sequence[Told], chance: random.Random | None) -> list[list[Told]]:
    """One by one, or runs of one stream cut by chance."""
    if chance is None:
        return [[event] for event in events]
    cuts = [(chance.random() < 0.3, event) for event in events]
    batches: list[list[Told]] = []
    for _stream, run in groupby(cuts, key=lambda cut: stream_of(cut[1])):
        batches.append([])
        for cut, event in run:
            if cut and batches[-1]:
                batches.append([])
            batches[-1].append(event)
    return batches


def _index(path: Path) -> list[object]:
    """The words that the search knows, and in how many articles."""
    with sqlite3.connect(path) as sql:
        sql.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab (main, articles_fts, row)")
        return sql.execute("SELECT term, doc, cnt FROM temp.words ORDER BY term").fetchall()
