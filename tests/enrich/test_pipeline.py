"""The pipeline: each step on its own, whatever becomes of the others."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from services.contracts.enrichments import Tag
from services.enrich.assembly import STEP_NAMES, load_pipeline
from services.enrich.pipeline import PIPELINE_VERSION, Pipeline
from services.enrich.step import Draft, Step
from tests.enrich.articles import NOON, article


def step(name: str, fails_on: str | None = None) -> Step:
    """Adds its name as a tag; raises on a title."""

    def run(drafts: Sequence[Draft]) -> Sequence[Draft]:
        for draft in drafts:
            if draft.article.title == fails_on:
                raise ValueError(f"cannot bear {fails_on}")
        tag = Tag(slug=name, label=name, method="test")
        return [replace(draft, tags=(*draft.tags, tag)) for draft in drafts]

    return Step(name=name, version=1, reads=("title",), adds=("tags",), run=run)


def test_an_article_of_which_nothing_is_found_out_is_enriched_with_nothing() -> None:
    one = article("Title", url="https://harbour-courier.example/a", revision=3)
    found = Pipeline(()).enrich([one])[0]
    assert (found.id, found.revision, found.url, found.title, found.source) == (
        one.id,
        3,
        one.url,
        "Title",
        one.source,
    )
    assert (found.version, found.language.method, found.words, found.tags) == (PIPELINE_VERSION, "none", 0, ())
    assert (found.times.published, found.times.first_seen.at) == (None, NOON)


def test_a_step_that_raises_is_skipped_for_that_article_alone() -> None:
    pipeline = Pipeline((step("a"), step("b", fails_on="two"), step("c")))
    found = pipeline.enrich([article("one"), article("two"), article("three")])
    assert [[tag.slug for tag in each.tags] for each in found] == [["a", "b", "c"], ["a", "c"], ["a", "b", "c"]]
    assert [each.skipped for each in found] == [{}, {"b": "ValueError: cannot bear two"}, {}]


def test_the_reason_of_a_skip_can_always_be_written() -> None:
    found = Pipeline((step("a", fails_on="\ud800"),))
    bad = article("x").model_copy(update={"title": "\ud800"})
    assert found.enrich([bad, article("y")])[0].skipped == {"a": "ValueError: cannot bear \\ud800"}


def test_a_step_that_is_switched_off_says_so() -> None:
    found = Pipeline((step("a"), step("b")), frozenset({"a"})).enrich([article("one")])[0]
    assert [tag.slug for tag in found.tags] == ["b"]
    assert found.skipped == {"a": "switched off"}


def test_a_step_that_loses_an_article_is_a_defect() -> None:
    lossy = Step(name="lossy", version=1, reads=(), adds=(), run=lambda drafts: drafts[1:])
    with pytest.raises(RuntimeError, match="step lossy was given 2 articles and returned 1"):
        Pipeline((lossy,)).enrich([article("one"), article("two")])


def test_results_do_not_depend_on_how_articles_were_batched() -> None:
    articles = [
        article("Parliament votes on the budget", published="Sun, 01 Mar 2026 09:12:00 +0100", language="en"),
        article("Le gouvernement présente son projet de loi", categories=["Économie"], published="soon"),
        article("政府発表", text="Sea level rise and a heatwave."),
        article("", published="2062-01-01"),
    ]
    pipeline = load_pipeline()
    together = pipeline.enrich(articles)
    assert together == [found for each in articles for found in pipeline.enrich([each])]
    assert together == pipeline.enrich(articles[::-1])[::-1]


def test_the_version_of_the_pipeline_is_raised_with_that_of_any_step() -> None:
    steps = load_pipeline().steps
    assert tuple(each.name for each in steps) == STEP_NAMES
    versions = {each.name: each.version for each in steps}
    assert (PIPELINE_VERSION, versions) == (
        1,
        {"times": 1, "language": 1, "reading": 1, "categories": 1, "rules": 1},
    )


def test_each_step_declares_fields_that_there_are() -> None:
    fields = set(Draft.__dataclass_fields__) | set(type(article()).model_fields)
    for each in load_pipeline().steps:
        assert set(each.reads) | set(each.adds) <= fields, each.name
