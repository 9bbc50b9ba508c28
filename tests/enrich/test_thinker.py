"""The pipeline in a child process: whatever an article does to it, the others are enriched."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.contracts.enrichments import Enrichment
from services.enrich.assembly import load_pipeline
from services.enrich.context import Context
from services.enrich.rules_file import BrokenRules
from services.enrich.thinker import NoChild, Thinker
from tests.enrich.articles import article

RULES = '[[tag]]\nslug = "{0}"\nlabel = "{0}"\nwords = ["ferry"]\n'
GIVEN_UP = "this makes enrichment crash, run out of memory or take too long"


@pytest.fixture
def frail() -> Iterator[Thinker]:
    thinker = Thinker(alone_s=2.0, batch_s=3.0, command=(sys.executable, "-m", "tests.enrich.frail_child"))
    yield thinker
    thinker.close()


def enriched(thinker: Thinker, *titles: str) -> list[Enrichment]:
    return thinker.enrich([article(title) for title in titles], [Context()] * len(titles))


def test_it_gives_what_the_pipeline_gives(tmp_path: Path) -> None:
    rules = tmp_path / "tags.toml"
    rules.write_text(RULES.format("ferries"))
    articles = [article("Ferry leaves Seoul", text="Angela Merkel came."), article("政府発表"), article("")]
    thinker = Thinker(rules, off=["reading"])
    try:
        found = thinker.enrich(articles, [Context()] * 3)
        assert found == load_pipeline(rules, ["reading"]).enrich(articles)
        assert "ferries" in [tag.slug for tag in found[0].tags]
        rules.write_text(RULES.format("boats"))
        thinker.reload()
        assert "boats" in [tag.slug for tag in enriched(thinker, "Ferry")[0].tags]
        rules.write_text("broken")
        with pytest.raises(BrokenRules, match=r"tags\.toml"):
            thinker.reload()
        assert "boats" in [tag.slug for tag in enriched(thinker, "Ferry")[0].tags]
    finally:
        thinker.close()


def test_a_step_that_goes_astray_in_a_regular_expression_is_skipped_for_that_article(frail: Thinker) -> None:
    child = frail.pid
    found = enriched(frail, "one", "astray", "two")
    assert [(each.words, each.skipped, each.steps) for each in found] == [
        (7, {}, {"frail": 3}),
        (0, {"frail": "took more than 0.1 s"}, {}),
        (7, {}, {"frail": 3}),
    ]
    assert frail.pid == child


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds a process's address space so")
def test_a_step_that_eats_memory_is_skipped_for_that_article(frail: Thinker) -> None:
    child = frail.pid
    found = enriched(frail, "one", "eats", "two")
    assert [each.skipped for each in found] == [{}, {"frail": "MemoryError: "}, {}]
    assert frail.pid == child


@pytest.mark.parametrize("title", ["hangs", "crashes"])
def test_an_article_that_stops_the_child_costs_one_child(frail: Thinker, title: str) -> None:
    child = frail.pid
    found = enriched(frail, "one", title, "two")
    assert [(each.title, each.words) for each in found] == [("one", 7), (title, 0), ("two", 7)]
    assert (found[1].skipped, found[1].version) == ({"frail": GIVEN_UP}, 4)
    assert frail.pid != child


@pytest.mark.parametrize("titles", [("one",), ("one", "two")])
def test_a_child_that_was_killed_is_started_again_and_no_article_pays_for_it(
    frail: Thinker, titles: tuple[str, ...]
) -> None:
    os.kill(frail.pid, signal.SIGKILL)
    assert [each.words for each in enriched(frail, *titles)] == [7] * len(titles)


@pytest.fixture
def unwilling(tmp_path: Path) -> Iterator[Thinker]:
    """Its children end at once while there is a file `no`; one named `once` they remove."""
    script = f"for no in {tmp_path}/once {tmp_path}/no; do [ -e $no ] && {{ rm -f {tmp_path}/once; exit 1; }}; done; "
    frail = f'exec {sys.executable} -m tests.enrich.frail_child "$@"'
    thinker = Thinker(command=("sh", "-c", script + frail, "sh"))
    yield thinker
    thinker.close()


def test_a_child_that_is_killed_while_it_starts_costs_nothing(unwilling: Thinker, tmp_path: Path) -> None:
    (tmp_path / "once").touch()
    os.kill(unwilling.pid, signal.SIGKILL)
    assert [each.words for each in enriched(unwilling, "one", "two")] == [7, 7]


def test_where_none_can_be_started_articles_wait_until_one_can(unwilling: Thinker, tmp_path: Path) -> None:
    (tmp_path / "no").touch()
    os.kill(unwilling.pid, signal.SIGKILL)
    for _ in range(2):
        with pytest.raises(NoChild):
            enriched(unwilling, "one", "two")
    (tmp_path / "no").unlink()
    assert [each.words for each in enriched(unwilling, "one", "two")] == [7, 7]


def test_no_child_outlives_it(frail: Thinker) -> None:
    child = frail.pid
    frail.close()
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_broken_rules_are_said_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(BrokenRules, match="cannot be read"):
        Thinker(tmp_path / "missing.toml")
