"""What a reader of `dateline tail` sees, and when."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.cli.held import PATIENCE_S, Held, Shown
from services.cli.sse import Message, messages
from services.cli.tail import line

pytestmark = pytest.mark.anyio


def headline(key: str = "a", *, enriched: bool = False, **fields: Any) -> dict[str, Any]:
    return {"id": key, "title": "Title", "enriched": enriched} | fields


async def read(*lines: str) -> list[Message]:
    async def source() -> AsyncIterator[str]:
        for text in lines:
            yield text

    return [message async for message in messages(source())]


async def test_an_event_ends_with_an_empty_line() -> None:
    found = await read("event: article", "id: 1-0_2-0", 'data: {"a":', "data:1}", "", "data: cut off")
    assert found == [Message("article", '{"a":\n1}', "1-0_2-0")]


async def test_comments_and_unknown_fields_are_no_events_and_an_id_alone_is_kept() -> None:
    found = await read(": hello", "", "retry: 10", "", "id: 7", "", "data: x", "")
    assert found == [Message("message", "x", "7")]


def test_a_new_article_is_shown_once_with_its_tags() -> None:
    held = Held()
    assert held.take("article", headline(), 0.0) == []
    enriched = headline(enriched=True)
    assert held.take("enrichment", enriched, 0.1) == [Shown("new", enriched)]
    assert held.take("enrichment", enriched, 0.2) == []
    assert held.overdue(99.0) == []


def test_without_an_enrichment_it_is_shown_after_a_while() -> None:
    held = Held()
    held.take("article", headline(), 0.0)
    assert held.overdue(PATIENCE_S - 0.1) == []
    assert held.overdue(PATIENCE_S) == [Shown("new", headline())]
    assert held.overdue(99.0) == []


def test_one_that_is_enriched_already_is_shown_at_once() -> None:
    assert Held().take("revision", headline(enriched=True), 0.0) == [Shown("revised", headline(enriched=True))]


def test_a_revision_of_what_was_not_shown_yet_is_still_new() -> None:
    held = Held()
    held.take("article", headline(), 0.0)
    held.take("revision", headline(title="Better"), 1.0)
    assert held.overdue(PATIENCE_S) == [Shown("new", headline(title="Better"))]


@pytest.mark.parametrize(("event", "data"), [("feed", headline()), ("listing", headline()), ("article", {})])
def test_other_events_show_nothing(event: str, data: dict[str, Any]) -> None:
    held = Held()
    assert held.take(event, data, 0.0) == []
    assert held.overdue(99.0) == []


def test_a_line_is_one_line() -> None:
    article = headline(
        title="Two\nlines", time="2026-03-01T12:00:00Z", source={"name": "The Paper"}, tags=[{"label": "Climate"}]
    )
    text = line(Shown("revised", article))
    assert text.endswith("  The Paper  revised: Two lines  [Climate]")
    assert "\n" not in text
