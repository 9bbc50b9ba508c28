"""One article in memory and a listing of the read model answer every query alike."""

import itertools
import json
import random
from collections.abc import Iterator
from datetime import timedelta

import pytest

from services.api.query.matching import Subject, matches, subject
from services.api.query.parse import parse
from services.api.readmodel.filters import Filter
from services.api.readmodel.model import ReadModel
from tests.api.conftest import Wire
from tests.api.events import article_id, at, enriched, published

pytestmark = pytest.mark.anyio

_WORDS = (
    "ferry",
    "Ferries",
    "running",
    "RAN",
    "naïve",
    "Zürich",
    "zurich",
    "don't",
    "x_y",
    "北京大学",
    "東京",
    "C++",
    "ไทย",
    "서울에서",
    "a.b",
)
_SOURCES = ("courier.example", "north.example", "harbour-office")
_HOSTS = ("courier.example", "www.courier.example", "my-courier.example", "news.north.example:8080", "Bücher.example")
_TAGS = ("rain", "category:rain", "place:oslo", "winter-storms")
_AUTHORS = ("Jane Doe", "J. Roe", "Ōta 東")
_LEAVES = (
    *(
        "서울",
        "울에",
        "ferry",
        "ferries",
        "ran",
        "naive",
        "zürich",
        "dont",
        "x",
        "京",
        "北京",
        "京大",
        "東京 京",
        "ไท",
        "c",
        "a",
    ),
    *('"ferry ran"', '"running ferries"', '"x y"', "don't", "a.b", "intitle:ferry", "intitle:zürich"),
    *(
        "author:doe",
        'author:"jane doe"',
        "author:京",
        "author:東",
        "source:courier",
        'source:"harbour office"',
        "source:north",
    ),
    *("source:courier.example", "source:courier.example,north.example", "site:courier.example", "site:example"),
    *(
        "site:north.example",
        "site:bücher.example",
        "site:my-courier.example",
        "tag:rain",
        "tag:category:rain",
        "tag:oslo,snow",
    ),
    *("lang:de", "lang:en,de", "after:2026-03-01T12:03", "before:2026-03-01T12:05", "date:2026-03-01T12:02"),
    *("date:2026-02/2026-03-01T11", "feed:https://harbour-courier.example/feed.xml", "feed:https://else.example/"),
)


def queries(chance: random.Random) -> Iterator[str]:
    yield from _LEAVES
    while True:
        yield _query(chance, 3)


def _query(chance: random.Random, depth: int) -> str:
    if depth == 0 or chance.random() < 0.3:
        return chance.choice(_LEAVES)
    first, second = _query(chance, depth - 1), _query(chance, depth - 1)
    return chance.choice((f"{first} {second}", f"({first} OR {second})", f"-({first})", f"{first} -{_LEAVES[0]}"))


@pytest.fixture
async def told(wire: Wire) -> ReadModel:
    chance = random.Random(7)
    for number in range(60):
        await wire.tell(
            published(
                number,
                minutes=number / 10,
                title=" ".join(chance.choices(_WORDS, k=3)),
                summary=chance.choice((None, " ".join(chance.choices(_WORDS, k=4)))),
                text=chance.choice((None, "\n\n".join(chance.choices(_WORDS, k=8)))),
                source=chance.choice(_SOURCES),
                url=chance.choice((None, f"https://{chance.choice(_HOSTS)}/{number}")),
                authors=tuple(chance.sample(_AUTHORS, chance.randrange(3))),
            )
        )
        if chance.random() < 0.8:
            tags = tuple(chance.sample(_TAGS, chance.randrange(3)))
            language = chance.choice(("de", "en", None))
            await wire.tell(enriched(number, minutes=number / 10, tags=tags, language=language))
    return wire.model


async def subjects(model: ReadModel) -> dict[str, Subject]:
    found = {}
    for number in range(60):
        document = await model.article(article_id(number))
        assert document is not None
        article = json.loads(document)
        found[article["id"]] = subject(article, article["text"])
    return found


@pytest.mark.parametrize("common", [False, True])
async def test_memory_and_listing_agree_on_generated_queries(
    told: ReadModel, monkeypatch: pytest.MonkeyPatch, common: bool
) -> None:
    if common:  # every word is a common one: the other plan
        monkeypatch.setattr("services.api.readmodel.searching.RARE", 2)
    articles = await subjects(told)
    answers = set()
    for text in itertools.islice(queries(random.Random(3)), 400):
        query = parse(text)
        page = await told.articles(Filter(query=query), 500)
        listed = [json.loads(headline)["id"] for headline in page.headlines]
        assert len(listed) == len(set(listed)), text
        assert set(listed) == {key for key, article in articles.items() if matches(query, article)}, text
        answers.add(len(listed))
    assert len(answers) > 20, "the queries ask for much the same"


async def test_every_leaf_tells_some_articles_from_others(told: ReadModel) -> None:
    articles = await subjects(told)
    found = {leaf: sum(matches(parse(leaf), article) for article in articles.values()) for leaf in _LEAVES}
    nothing = {leaf for leaf, count in found.items() if count == 0}
    assert nothing <= {
        "dont",
        "ไท京",
        "feed:https://else.example/",
        "date:2026-02/2026-03-01T11",
        "東京 京",
        "author:京",
    }, nothing
    assert found["site:example"] < len(articles)


async def test_time_bounds_are_exact_to_the_millisecond(wire: Wire) -> None:
    moment = at(0) + timedelta(microseconds=999)
    await wire.tell(published(1, first_seen=moment, seen=moment))
    for text in ("after:2026-03-01T12:00:00", "before:2026-03-01T12:00:00"):
        page = await wire.model.articles(Filter(query=parse(text)))
        document = await wire.model.article(article_id(1))
        assert document is not None
        article = json.loads(document)
        assert matches(parse(text), subject(article, None)) == bool(page.headlines) == text.startswith("after")
