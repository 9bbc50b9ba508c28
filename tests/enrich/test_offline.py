"""Articles from a file: a line in, a line out."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from services.contracts.identity import feed_id
from services.enrich.assembly import standard_pipeline
from services.enrich.loose_articles import article_from_line
from services.enrich.offline import enrich_lines
from services.enrich.rules import TagRules
from services.enrich.steps.language import Identifier
from tests.enrich.articles import NOON, article

PIPELINE = standard_pipeline(TagRules(), Identifier(frozenset(), lambda _text: [("en", 0.9)]))


def enriched(*lines: str) -> list[Any]:
    return [json.loads(line) for line in enrich_lines(lines, PIPELINE, NOON)]


def one(**fields: object) -> Any:
    return enriched(json.dumps({"title": "Title"} | fields))[0]


def test_a_title_is_enough() -> None:
    found = one()
    assert (found["title"], found["revision"], found["words"]) == ("Title", 1, 1)
    assert found["source"] == {"id": "unknown", "name": "unknown"}
    assert found["times"]["first_seen"]["at"] == "2026-03-01T12:00:00Z"
    assert "published" not in found["times"]


def test_what_ingest_publishes_is_read_as_it_is() -> None:
    published = article(url="https://harbour-courier.example/a", published="2026-03-01T10:00:00Z", categories=["Sea"])
    found = json.loads(next(enrich_lines([published.model_dump_json()], PIPELINE, NOON)))
    expected = PIPELINE.enrich([published])[0]
    assert found == json.loads(expected.model_dump_json(exclude_none=True))


@pytest.mark.parametrize(
    ("fields", "source"),
    [
        ({"source": "Harbour Courier"}, {"id": "harbour courier", "name": "Harbour Courier"}),
        ({"source": "www.example.org"}, {"id": "example.org", "name": "www.example.org"}),
        (
            {"source": "The Courier", "url": "https://www.courier.example/a"},
            {"id": "courier.example", "name": "The Courier"},
        ),
        (
            {"url": "https://news.courier.example:8080/a"},
            {"id": "news.courier.example", "name": "news.courier.example"},
        ),
        (
            {"source": {"name": "C", "url": "https://c.example/"}},
            {"id": "c.example", "name": "C", "url": "https://c.example/"},
        ),
        ({"source": {"id": "c"}}, {"id": "c", "name": "c"}),
        ({"source": ""}, {"id": "unknown", "name": "unknown"}),
        ({"url": "https://[broken"}, {"id": "unknown", "name": "unknown"}),
    ],
)
def test_a_source_is_made_of_what_there_is(fields: dict[str, object], source: dict[str, str]) -> None:
    assert one(**fields)["source"] == source


def test_fields_may_be_null_single_numbers_or_unknown() -> None:
    found = one(
        summary=None,
        published=1772352000,
        categories="Sea",
        author="A",
        authors=[{"name": "A"}],
        link="https://a.example/",
    )
    assert found["times"]["published"]["at"] == "2026-03-01T08:00:00Z"
    assert "category:sea" in [tag["slug"] for tag in found["tags"]]
    assert found["url"] == "https://a.example/"


def test_html_is_read_where_there_is_no_text() -> None:
    assert one(html="<p>Fish &amp; chips</p><p>again</p><script>var x = 1</script>")["words"] == 3


def test_the_same_line_always_has_the_same_id() -> None:
    assert one(url="https://a.example/")["id"] == one(url="https://a.example/")["id"]
    assert one(id="17")["id"] != one(id="18")["id"]
    assert one(id="aa8df6c0-4b4c-5a33-a236-c60cb1f80e60")["id"] == "aa8df6c0-4b4c-5a33-a236-c60cb1f80e60"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("nonsense", "not valid JSON"),
        ('{"title": "cut off', "not valid JSON"),
        ("[1]", "not a JSON object"),
        ("{}", "title: Field required"),
        ('{"title": null}', "title: Input should be a valid string"),
        ('{"title": "x", "categories": 3}', "categories: Input should be a valid list"),
        ('{"title": "x", "revision": 0}', "revision: Input should be greater than or equal to 1"),
        ('{"title": "x", "first_seen": "soon"}', "first_seen: 'soon' is no date that can be read"),
        ("[" * 100_000, "not valid JSON"),
        ("", "the line is empty"),
    ],
)
def test_a_line_that_is_no_article_gives_its_reason_in_its_place(line: str, reason: str) -> None:
    found = enriched('{"title": "before"}\n', f"{line}\n", '{"title": "after"}\n')
    assert [each.get("title") for each in found] == ["before", None, "after"]
    assert found[1]["error"]["line"] == 2
    assert reason in found[1]["error"]["reason"]
    assert "\n" not in found[1]["error"]["reason"]


def test_an_empty_line_at_the_end_is_no_article() -> None:
    assert len(enriched('{"title": "x"}\n', "\n")) == 1
    assert enriched() == []


def test_whatever_stands_in_the_text_comes_out_as_utf8() -> None:
    found = enriched('\ufeff{"title": "half \\ud83d and \\u0000 and \\ud83d\\ude00"}', '{"title": "\udcff"}')
    assert [each["title"] for each in found] == ["half \ufffd and \x00 and 😀", "\ufffd"]


def test_results_come_before_the_last_line_was_read() -> None:
    taken = 0

    def lines() -> Iterator[str]:
        nonlocal taken
        for n in range(10_000):
            taken += 1
            yield json.dumps({"title": f"Title {n}"})

    results = enrich_lines(lines(), PIPELINE, NOON)
    assert json.loads(next(results))["title"] == "Title 0"
    assert taken < 1000
    assert [json.loads(line)["title"] for line in results] == [f"Title {n}" for n in range(1, 10_000)]


def test_the_feed_and_the_page_of_an_article_are_read() -> None:
    line = {
        "title": "x",
        "feed": {"url": "https://a.example/feed"},
        "page": {"url": "https://a.example/x", "title": "X"},
    }
    for written in (line, line | {"feed": "https://a.example/feed"}):
        found = article_from_line(json.dumps(written), NOON)
        assert found.feed.url == "https://a.example/feed"
        assert found.feed.id == feed_id("https://a.example/feed")
        assert found.page is not None
        assert found.page.title == "X"
