"""A tree of a query, written as a query, is read as the same tree; and it finds in memory what a listing finds."""

import asyncio
import json
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from services.api.query.matching import Subject, matches, subject
from services.api.query.parse import parse
from services.api.query.tree import And, Leaf, Listed, Node, Not, Or, Query, Site, Within, Words
from services.api.readmodel.filters import Filter
from services.api.readmodel.model import ReadModel
from tests.api.conftest import Wire
from tests.api.events import article_id, enriched, published
from tests.properties.amount import examples
from tests.properties.test_queries import read, typed
from tests.properties.texts import WORDS, titles

_NAMES = {"title": "intitle", "author": "author", "source": "source"}
_FIELDS = {"tag": "tag", "source": "source", "feed": "feed", "language": "lang", "story": "story"}
_SLUGS = ("wet", "category:wet", "place:oslo", "北京", "c-plus-plus")
_DAY = "2026-03-01"
_SECOND = timedelta(seconds=1)

_texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
_leaves = (
    _texts.map('"{}"'.format)
    | st.builds('{}:"{}"'.format, st.sampled_from(sorted(_NAMES.values())), _texts)
    | st.sampled_from(_SLUGS).map("tag:{}".format)
    | st.sampled_from(("lang:en", "lang:de,fr", "site:a.example", "site:example", "source:a.example"))
    | st.sampled_from((f"before:{_DAY}T12:05", f"after:{_DAY}T12:03", f"date:{_DAY}T12:02"))
)
_queries = st.recursive(
    _leaves,
    lambda inner: (
        inner.map("-{}".format)
        | st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' '.join(parts)})")
        | st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' OR '.join(parts)})")
    ),
    max_leaves=5,
).filter(lambda text: len(text) <= 500)


@given(typed | _queries)
def test_a_tree_is_read_as_it_was_written(text: str) -> None:
    query = read(text)
    if isinstance(query, Query):
        again = read(written(query.root))
        if isinstance(again, Query):
            assert again.root == query.root
        else:  # brackets and quotes that were left out need room
            assert "are allowed" in again.message or "nested" in again.message or "more than" in again.message


def written(node: Node) -> str:
    match node:
        case Not(part):
            return f"-({written(part)})"
        case And(parts):
            return " ".join(f"({written(part)})" for part in parts)
        case Or(parts):
            return " OR ".join(f"({written(part)})" for part in parts)
        case _:
            return _leaf(node)


def _leaf(node: Leaf) -> str:
    match node:
        case Words(text, "any"):
            return _quoted(text)
        case Words(text, column):
            return f"{_NAMES[column]}:{_quoted(text)}"
        case Site(host):
            return f"site:{host}"
        case Listed(kind, keys):
            return f"{_FIELDS[kind]}:{_listed(kind, keys)}"
        case Within(since, until):
            if since and until:
                return f"date:{_moment(since)}/{_moment(until - _SECOND)}"
            return f"after:{_moment(since)}" if since else f"before:{_moment(until)}"


def _quoted(text: str) -> str:
    """Each pair of quotes in which the text has no end."""
    return next(
        f"{left}{text}{right}"
        for left, right in ('""', "“”", "«»")
        if not set('"”“»' if left != "«" else "»") & set(text)
    )


def _listed(kind: str, keys: tuple[str, ...]) -> str:
    """A tag without namespace stands for one in each."""
    if kind != "tag":
        return ",".join(keys)
    return ",".join(key for at, key in enumerate(keys) if ":" not in key or not _is_of_the_bare(keys, at))


def _is_of_the_bare(keys: tuple[str, ...], at: int) -> bool:
    name = keys[at].partition(":")[2]
    return name in keys[:at] and ":" not in name


def _moment(moment: datetime | None) -> str:
    assert moment is not None
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


_articles: st.SearchStrategy[list[dict[str, object]]] = st.lists(
    st.builds(
        dict,
        title=titles.map(lambda title: title.replace("\0", "") or "x"),
        summary=titles | st.none(),
        text=titles | st.none(),
        authors=st.lists(titles, max_size=2).map(tuple),
        source=st.sampled_from(("a.example", "b.example")),
        url=st.sampled_from(("https://a.example/1", "https://www.b.a.example/2", None)),
        tags=st.lists(st.sampled_from(_SLUGS), max_size=2, unique=True).map(tuple),
        language=st.sampled_from(("en", "de", None)),
    ),
    min_size=1,
    max_size=6,
)


@given(_articles, st.lists(_queries, min_size=1, max_size=8))
@examples(25)
def test_what_is_found_in_memory_is_what_is_listed(articles: list[dict[str, object]], queries: list[str]) -> None:
    asyncio.run(_agree(articles, queries))


async def _agree(articles: list[dict[str, object]], queries: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with ReadModel(Path(folder) / "dateline.db") as model:
            subjects = await _told(Wire(model), articles)
            for text in queries:
                query = parse(text)
                found = {
                    json.loads(headline)["id"]
                    for headline in (await model.articles(Filter(query=query), 100)).headlines
                }
                assert found == {key for key, article in subjects.items() if matches(query, article)}, text


async def _told(wire: Wire, articles: list[dict[str, object]]) -> dict[str, Subject]:
    subjects = {}
    for number, given_fields in enumerate(articles):
        fields: dict[str, object] = dict(given_fields)
        tags, language = fields.pop("tags"), fields.pop("language")
        await wire.tell(published(number, minutes=number, **fields))  # type: ignore[arg-type]  # of a strategy
        await wire.tell(enriched(number, minutes=number, tags=tags, language=language))  # type: ignore[arg-type]
        document = await wire.model.article(article_id(number))
        assert document is not None
        article = json.loads(document)
        subjects[article["id"]] = subject(article, article["text"])
    return subjects
