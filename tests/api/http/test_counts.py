"""Facets of what was found, and tags that more is said about than usual."""

import httpx
import pytest

from services.api.http.counts import FacetCounts, TrendListing
from services.api.readmodel.trending import score
from tests.api.conftest import Wire
from tests.api.events import at, enriched, published

pytestmark = pytest.mark.anyio


async def facets(http: httpx.AsyncClient, query: str = "") -> FacetCounts:
    answer = await http.get(f"/v1/facets{query}")
    return FacetCounts.model_validate_json(answer.content)


@pytest.fixture
async def four(wire: Wire) -> None:
    await wire.tell(
        published(1, minutes=1, source="a.example", text="rain"),
        published(2, minutes=2, source="a.example", text="rain"),
        published(3, minutes=63, source="b.example", text="rain"),
        published(4, minutes=64, source="b.example", text="sun"),
        enriched(1, minutes=1, tags=("wet", "cold")),
        enriched(2, minutes=2, tags=("wet",), language="de"),
        enriched(3, minutes=63, tags=("wet",)),
    )


@pytest.mark.usefixtures("four")
async def test_facets_count_what_was_found(http: httpx.AsyncClient) -> None:
    found = await facets(http, "?q=rain")
    assert (found.counted, found.complete) == (3, True)
    assert [(one.key, one.label, one.count) for one in found.tag or ()] == [("wet", "Wet", 3), ("cold", "Cold", 1)]
    assert [(one.key, one.label, one.count) for one in found.source or ()] == [
        ("a.example", "A.Example", 2),
        ("b.example", "B.Example", 1),
    ]
    assert [(one.key, one.count) for one in found.language or ()] == [("en", 2), ("de", 1)]
    assert [(one.hour, one.count) for one in found.hour or ()] == [(at(60), 1), (at(0), 2)]


async def test_a_tag_is_counted_wherever_it_stands_among_the_tags(wire: Wire, http: httpx.AsyncClient) -> None:
    await wire.tell(published(1), published(2), enriched(1, tags=("wet", "cold")), enriched(2, tags=("cold", "late")))
    found = await facets(http, "?by=tag")
    assert [(one.key, one.count) for one in found.tag or ()] == [("cold", 2), ("late", 1), ("wet", 1)]


@pytest.mark.usefixtures("four")
async def test_facets_are_only_those_that_were_asked_for(http: httpx.AsyncClient) -> None:
    found = await facets(http, "?by=hour,source&source=b.example&limit=1")
    assert (found.counted, found.tag, found.language) == (2, None, None)
    assert [one.count for one in found.hour or ()] == [2]
    assert (await facets(http, "?tag=nowhere")).tag == []


@pytest.mark.usefixtures("four")
async def test_of_too_many_articles_the_newest_are_counted(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.api.readmodel.counts.MOST", 2)
    found = await facets(http)
    assert (found.counted, found.complete, [one.key for one in found.source or ()]) == (2, False, ["b.example"])


async def test_what_is_said_more_than_usual_at_this_hour_is_a_trend(http: httpx.AsyncClient, wire: Wire) -> None:
    """The clock stands at 60 minutes. Each day had 10 articles at this hour, all `daily`, and 50 others `nightly`."""
    number = 0
    for day in range(1, 8):
        for minutes, tag, size in ((30, "daily", 10), (-600, "nightly", 50)):
            for _ in range(size):
                number += 1
                seen = minutes - day * 24 * 60
                await wire.tell_batch([published(number, minutes=seen)])
                await wire.tell_batch([enriched(number, minutes=seen, tags=(tag,))])
    for tags in 4 * [("daily", "storm")] + 6 * [("daily", "nightly")] + 2 * [("daily", "twice")]:
        number += 1
        await wire.tell(published(number, minutes=30), enriched(number, minutes=30, tags=tags))
    answer = await http.get("/v1/tags/trending?hours=2")
    assert answer.headers["cache-control"] == "max-age=60"
    trends = TrendListing.model_validate_json(answer.content).tags
    usual, now = 70, 12
    assert [(tag.slug, tag.label, tag.count, tag.expected) for tag in trends] == [
        ("nightly", "Nightly", 6, round(now * 1 / (usual + now), 2)),
        ("storm", "Storm", 4, round(now * 1 / (usual + now), 2)),
        ("daily", "Daily", 12, round(now * 71 / (usual + now), 2)),
    ]
    assert trends[0].score > trends[1].score > 3
    assert trends[2].score < 1


@pytest.mark.parametrize(
    ("articles", "expected", "value"), [(4, 4.0, 0.0), (0, 2.0, -2.0), (10, 1.0, 5.30), (1, 4.0, -1.80)]
)
def test_the_score_is_the_signed_root_of_the_deviance(articles: int, expected: float, value: float) -> None:
    assert score(articles, expected) == pytest.approx(value, abs=0.01)


async def test_an_empty_wire_has_no_trend(http: httpx.AsyncClient) -> None:
    assert (await http.get("/v1/tags/trending")).json() == {"tags": []}
    assert (await facets(http)).counted == 0
