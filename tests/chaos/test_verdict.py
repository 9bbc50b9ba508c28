"""The judge sees what is wrong: histories that were tampered with, each in one way."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.chaos import verdict
from tests.chaos.plan import Plan
from tests.chaos.readers import GroupReader, Heard, LiveReader
from tests.chaos.source import Published

PLAN = Plan(1, 1, "always", "kept", ())
FORGETFUL = replace(PLAN, memory="cut")


@dataclass
class History:
    """Of a round in which all went well: two articles, the second of them revised."""

    articles: dict[str, Published]
    served: list[dict[str, Any]]
    live: LiveReader
    group: GroupReader
    in_stream: set[str]

    def wrong(self, plan: Plan = PLAN) -> list[str]:
        return list(self._wrong(plan))

    def _wrong(self, plan: Plan) -> Iterator[str]:
        yield from verdict.of_listing(self.served, self.articles)
        yield from verdict.of_revisions(plan, self.served, self.articles)
        yield from verdict.of_live_reader(plan, self.live, self.articles)
        yield from verdict.of_group_reader(plan, self.group, self.in_stream)


def headline(article: Published, revision: int) -> dict[str, Any]:
    return {"url": article.url, "title": article.title, "revision": revision, "enriched": True}


async def nowhere() -> str:
    return ""


@pytest.fixture
def history() -> History:
    one, two = Published("https://a.example/1", 1, "One", 0), Published("https://a.example/2", 2, "Two", 1)
    live, group = LiveReader("api-1", "", "/v1/stream"), GroupReader(nowhere, "dateline:articles")
    before = {**headline(two, 1), "title": "Two (version 1)"}
    live.heard += [
        Heard("1-0_0-0_1-0", "article", headline(one, 1)),
        Heard("2-0_0-0_1-0", "article", before),
        Heard("3-0_0-0_1-0", "revision", headline(two, 2)),
        Heard("3-0_2-0_1-0", "enrichment", headline(two, 2)),
    ]
    group.contents |= {"1/1": "x", "2/1": "y", "2/2": "z"}
    served = [headline(one, 1), headline(two, 2)]
    return History({one.url: one, two.url: two}, served, live, group, {"1/1", "2/1", "2/2"})


def test_nothing_is_wrong_with_a_good_history(history: History) -> None:
    assert history.wrong() == []


TAMPERINGS: dict[str, Callable[[History], object]] = {
    "never served": lambda history: history.served.pop(0),
    "served more than once": lambda history: history.served.append(history.served[0]),
    "never published": lambda history: history.articles.pop("https://a.example/1"),
    "not the last": lambda history: history.served[1].update(title="Two (version 1)"),
    "not enriched": lambda history: history.served[0].update(enriched=False),
    "more revisions than versions": lambda history: history.served[0].update(revision=2),
    "told twice": lambda history: history.live.heard.append(history.live.heard[0]),
    "out of order": lambda history: history.live.heard.reverse(),
    "never told": lambda history: history.live.heard.pop(0),
    "in an old version": lambda history: history.live.heard.append(
        Heard("4-0_2-0_1-0", "listing", {**headline(history.articles["https://a.example/2"], 1), "title": "Two (old)"})
    ),
    "gaps": lambda history: history.live.heard.append(Heard("5-0_2-0_1-0", "gap", {})),
    "not seen by an idempotent reader": lambda history: history.in_stream.add("3/1"),
    "two contents": lambda history: history.group.differing.add("1/1"),
    "seen and not on": lambda history: history.in_stream.remove("2/1"),
}


@pytest.mark.parametrize("said", TAMPERINGS)
def test_what_is_wrong_is_seen(said: str, history: History) -> None:
    TAMPERINGS[said](history)
    assert any(said in line for line in history.wrong())


@pytest.mark.parametrize("said", ["more revisions than versions", "two contents", "seen and not on", "gaps"])
def test_after_a_loss_by_the_broker_revisions_may_begin_anew(said: str, history: History) -> None:
    TAMPERINGS[said](history)
    assert history.wrong(FORGETFUL) == []


@pytest.mark.parametrize(
    "line",
    ["Traceback (most recent call last):", "-- ended by itself with status 1", "Task exception was never retrieved"],
)
def test_what_a_service_did_not_foresee_is_found_in_its_log(line: str, tmp_path: Path) -> None:
    (tmp_path / "api.log").write_text(f"a batch waits for better times\n{line}\n  File\nValueError: no\n")
    [said] = verdict.of_logs(tmp_path)
    assert line in said
    assert "ValueError" in said
