"""The pipeline: each step on its own, whatever becomes of the others."""

import random
import re
import signal
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from services.contracts.enrichments import Enrichment, Tag
from services.enrich.assembly import load_pipeline
from services.enrich.limit import OverTime, at_most
from services.enrich.pipeline import Pipeline
from services.enrich.step import Draft, Step
from services.enrich.step_names import STEP_NAMES
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
    assert (found.version, found.language.method, found.words, found.tags) == (1, "none", 0, ())
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
    chance = random.Random(7)
    articles = [
        article("Parliament votes on the budget", published="Sun, 01 Mar 2026 09:12:00 +0100", language="en"),
        article("Le gouvernement présente son projet de loi", categories=["Économie"], published="soon"),
        article("政府発表", text="Sea level rise and a heatwave."),
        article("", published="2062-01-01"),
        article("Angela Merkel visits Seoul", summary="Merkel met Sam Smith of NATO. SMITH SAID NOTHING."),
        article("Oil prices rise as Iran talks stall", text="Oil rose. " * 200, url="https://a.example/economy/1"),
        article("OIL PRICES RISE AS IRAN TALKS STALL", summary="\u0000 😀 <b>Tehran</b>", language="fr"),
        article("Vlada je potrdila nov proračun", categories=["Sport", "Šport"], language="hr"),
    ] * 3
    pipeline = load_pipeline()
    together = pipeline.enrich(articles)
    for _ in range(6):
        order = chance.sample(range(len(articles)), len(articles))
        found: dict[int, Enrichment] = {}
        while order:
            taken, order = order[: (size := chance.randint(1, 7))], order[size:]
            found |= zip(taken, pipeline.enrich([articles[n] for n in taken]), strict=True)
        assert [found[n] for n in range(len(articles))] == together
    assert together == load_pipeline().enrich(articles)


def test_the_version_of_the_pipeline_rises_with_that_of_any_step() -> None:
    steps = load_pipeline().steps
    assert tuple(each.name for each in steps) == STEP_NAMES
    version = Pipeline(steps).version
    assert version == 1 + sum(each.version for each in steps)
    for n, each in enumerate(steps):
        raised = (*steps[:n], replace(each, version=each.version + 1), *steps[n + 1 :])
        assert Pipeline(raised).version == Pipeline(raised, frozenset({each.name})).version == version + 1


def test_an_enrichment_names_the_version_of_each_step_that_ran() -> None:
    pipeline = Pipeline((step("a"), step("b", fails_on="two"), step("c")), frozenset({"c"}))
    found = pipeline.enrich([article("one"), article("two")])
    assert [each.steps for each in found] == [{"a": 1, "b": 1}, {"a": 1}]
    assert [each.version for each in found] == [4, 4]


@pytest.mark.parametrize("work", ["loop", "regex"])
def test_a_step_that_runs_over_its_time_is_skipped_for_that_article_alone(work: str) -> None:
    def run(drafts: Sequence[Draft]) -> Sequence[Draft]:
        for draft in drafts:
            try:
                if draft.article.title == "two" and work == "regex":
                    re.match(r"(a+)+$", "a" * 60 + "b")
                while draft.article.title == "two":
                    pass
            except Exception:  # noqa: BLE001  a step that bears everything
                return drafts
        return [replace(draft, words=7) for draft in drafts]

    slow = Step(name="slow", version=1, reads=("title",), adds=("words",), run=run)
    pipeline = Pipeline((slow, step("b")), limit_s=0.05, batch_limit_s=0.1)
    found = pipeline.enrich([article("one"), article("two"), article("three")])
    assert [each.words for each in found] == [7, 0, 7]
    assert [each.skipped for each in found] == [{}, {"slow": "took more than 0.05 s"}, {}]
    assert [[tag.slug for tag in each.tags] for each in found] == [["b"]] * 3
    assert (pipeline.tally.steps["slow"].ran, pipeline.tally.steps["slow"].skipped) == (2, 1)
    assert pipeline.tally.steps["slow"].seconds > 0.1


def test_the_limit_is_gone_with_the_work() -> None:
    handler = signal.getsignal(signal.SIGPROF)
    with pytest.raises(OverTime), at_most(0.02):
        re.match(r"(a+)+$", "a" * 60 + "b")
    with at_most(0.01):
        pass
    until = time.process_time() + 0.05
    while time.process_time() < until:
        pass
    assert signal.getsignal(signal.SIGPROF) == handler


def test_in_a_thread_the_work_is_not_bounded() -> None:
    def work() -> str:
        with at_most(0.01):
            until = time.process_time() + 0.05
            while time.process_time() < until:
                pass
        return "done"

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(work).result() == "done"


def test_each_step_declares_fields_that_there_are() -> None:
    fields = set(Draft.__dataclass_fields__) | set(type(article()).model_fields)
    for each in load_pipeline().steps:
        assert set(each.reads) | set(each.adds) <= fields, each.name
