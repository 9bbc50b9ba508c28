"""Stories in a browser: read, grown while they are read, and corrected by forms."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect
from redis import Redis

from services.contracts.articles import Source
from services.contracts.commands import MergeStories, PinArticle, RenameStory, SplitStory
from services.contracts.registry import read_event
from services.contracts.streams import PAYLOAD
from tests.browser.wire import STREAMS, Wire
from tests.conftest import ADMIN_KEY, Server

NORTH, SOUTH, WEST = (Source(id=f"{name.lower()}.example", name=name) for name in ("North", "South", "West"))


@pytest.fixture
def wire(server: Server, tmp_path: Path) -> Iterator[Wire]:
    wire = Wire(server, tmp_path, admin_key=ADMIN_KEY)
    try:
        wire.start()
        yield wire
    finally:
        wire.close()


@pytest.fixture
def ferry(wire: Wire) -> UUID:
    """A story of two articles of two sources."""
    first = wire.publish("Ferry to be cut", "Transport", minutes_ago=100, source=NORTH)
    second = wire.publish("Islanders protest", "Transport", minutes_ago=30, source=SOUTH)
    wire.tell(first, first, change="opened")
    wire.tell(first, second, title="The last ferry")
    wire.until_ok(f"/v1/stories/{first}", '"size":2')
    return first


def titles(page: Page) -> list[str]:
    return page.locator(".headline h3").all_inner_texts()


def live(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("#status")).to_have_text("Live")


def test_from_the_front_page_to_the_story_and_on(chromium: Browser, wire: Wire, ferry: UUID) -> None:
    wire.publish("Bees", minutes_ago=10)
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(wire.url)
        assert titles(page) == ["Bees", "Islanders protest"]
        page.get_by_role("link", name="also in 1 source").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("The last ferry")
        assert titles(page) == ["Islanders protest", "Ferry to be cut"]
        page.get_by_text("Why it is here").first.click()
        expect(page.locator(".why[open]")).to_contain_text("like an earlier article of the story by 0.61")
        expect(page.locator(".why[open] .shared")).to_contain_text("Norhaven")
        expect(page.locator(".tellers li").first).to_contain_text("first, about 1 hour ago")
        page.locator(".headline").last.get_by_role("link", name="Ferry to be cut").click()
        expect(page.locator("#also-in")).to_contain_text("Islanders protest")
        page.locator("#story").get_by_role("link", name="The last ferry").click()
        expect(page).to_have_url(f"{wire.url}/stories/{ferry}")
        page.get_by_role("link", name="Front page").click()
        page.get_by_role("link", name="Top stories").click()
        assert titles(page) == ["The last ferry"]


def test_a_story_grows_on_the_front_page_without_moving_what_is_read(page: Page, wire: Wire, ferry: UUID) -> None:
    for number in range(20):
        wire.publish(f"Number {number}", minutes_ago=2 + number, wait=number == 19)
    live(page, wire.url)
    before, reading = titles(page), page.locator(".headline", has_text="Islanders protest")
    reading.evaluate("(entry) => scrollTo({ top: entry.offsetTop, behavior: 'instant' })")
    place = reading.bounding_box()
    third = wire.publish("Council gives in", source=WEST)
    wire.tell(ferry, third, title="The last ferry")
    expect(reading.locator(".also")).to_have_text("also in 2 sources")
    other = wire.publish("Something else")
    wire.tell(other, other, change="opened")
    expect(page.locator("#arrivals")).to_have_text("1 new headline — show")
    assert reading.bounding_box() == place
    page.locator("#arrivals").click()
    assert titles(page) == ["Something else", *before]
    wire.tell(ferry, other, title="The last ferry")
    expect(page.locator(f'.headline[data-id="{other}"] .also')).to_have_text("also in 3 sources")


def test_a_story_that_is_not_on_the_page_is_offered_once(page: Page, wire: Wire) -> None:
    live(page, wire.url)
    first = wire.publish("First of it", source=NORTH)
    wire.tell(first, first, change="opened")
    expect(page.locator("#arrivals")).to_have_text("1 new headline — show")
    second = wire.publish("Second of it", source=SOUTH)
    wire.tell(first, second)
    wire.publish("Something else", source=WEST)
    expect(page.locator("#arrivals")).to_have_text("2 new headlines — show")
    page.locator("#arrivals").click()
    assert titles(page) == ["Something else", "First of it"]
    expect(page.locator(".headline", has_text="First of it").locator(".also")).to_have_text("also in 1 source")


def test_what_joins_a_story_is_offered_on_its_own_page(page: Page, wire: Wire, ferry: UUID) -> None:
    live(page, f"{wire.url}/stories/{ferry}")
    wire.publish("Something else")
    third = wire.publish("Council gives in", source=WEST)
    wire.tell(ferry, third, title="The last ferry")
    expect(page.locator("#counts")).to_have_text("3 articles from 3 sources")
    expect(page.locator("#arrivals")).to_have_text("1 new headline — show")
    page.locator("#arrivals").click()
    assert titles(page) == ["Council gives in", "Islanders protest", "Ferry to be cut"]
    expect(page.locator(".headline .also")).to_have_count(0)


def test_top_stories_keep_their_order_while_their_counts_grow(page: Page, wire: Wire, ferry: UUID) -> None:
    bees = wire.publish("Bees", minutes_ago=5)
    wire.tell(bees, bees, change="opened")
    wire.until_ok(f"/v1/stories/{bees}")
    page.clock.install()
    live(page, f"{wire.url}/?order=momentum")
    assert titles(page) == ["The last ferry", "Bees"]
    third = wire.publish("Council gives in", source=WEST)
    wire.tell(ferry, third, title="The last ferry")
    line = page.locator(".headline").first
    expect(line.locator(".also")).to_have_text("also in 2 sources")
    expect(line.locator(".age")).to_have_text("just now")
    page.clock.fast_forward("02:00:00")
    expect(line.locator(".age")).to_have_text("2 hours ago")
    assert titles(page) == ["The last ferry", "Bees"]
    assert page.locator(".group h2").all_inner_texts() == ["TOLD MORE THAN USUAL NOW", "LATEST"]


def test_what_was_found_best_stays_in_its_order_while_ages_go_on(page: Page, wire: Wire) -> None:
    wire.publish("A ferry", minutes_ago=1, summary="Once.")
    wire.publish("Ferry, ferry and ferry", minutes_ago=300, summary="Ferry.")
    page.clock.install()
    page.goto(f"{wire.url}/search?q=ferry&sort=relevance")
    before = titles(page)
    page.clock.fast_forward("02:00:00")
    expect(page.locator(".headline .age").first).to_have_text("7 hours ago")
    assert titles(page) == before == ["Ferry, ferry and ferry", "A ferry"]


def test_printed_a_story_is_its_articles(page: Page, wire: Wire, ferry: UUID) -> None:
    page.emulate_media(media="print")
    page.goto(f"{wire.url}/stories/{ferry}")
    expect(page.get_by_role("heading", level=3).last).to_be_visible()
    for left in (".why", ".rail", ".search"):
        expect(page.locator(left).first).to_be_hidden()
    assert page.pdf().startswith(b"%PDF")


@contextmanager
def editing(wire: Wire, server: Server) -> Iterator[list[Any]]:
    """Does with editors' commands what enrich does. What was asked for."""
    asked: list[Any] = []
    ended = threading.Event()

    def work() -> None:
        last = b"0"
        with Redis.from_url(server.url) as redis:
            while not ended.is_set():
                for _stream, entries in redis.xread({STREAMS.commands: last}, block=50):
                    for last, fields in entries:  # noqa: B007 - where to go on
                        command = read_event(fields[PAYLOAD.encode()])
                        asked.append(command)
                        _do(wire, command)

    worker = threading.Thread(target=work, name="enrich")
    worker.start()
    try:
        yield asked
    finally:
        ended.set()
        worker.join()


def _do(wire: Wire, command: Any) -> None:
    data, by = command.data, {"by": "editor"}
    if isinstance(command, RenameStory):
        named = (
            {"title": data.title, "title_from": None}
            if data.title
            else {"title": "The wire’s", "title_from": data.story}
        )
        wire.tell(data.story, change="renamed", **by, **named)
    elif isinstance(command, SplitStory):
        wire.tell(data.articles[0], *data.articles, change="split", split_from=data.story, title="Split off", **by)
    elif isinstance(command, PinArticle):
        wire.tell(data.story, data.article, title="Better", **by)
    elif isinstance(command, MergeStories):
        wire.tell(data.story, change="merged", into=data.into, **by)


def test_an_editor_corrects_a_story_by_forms_alone(chromium: Browser, wire: Wire, server: Server, ferry: UUID) -> None:
    stray = wire.publish("Stray", minutes_ago=5, source=WEST)
    with editing(wire, server) as asked, chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto(f"{wire.url}/stories/{ferry}")
        expect(page.get_by_role("checkbox")).to_have_count(0)
        page.get_by_role("link", name="Sign in to correct it").click()
        page.get_by_label("Key", exact=True).fill(ADMIN_KEY)
        page.get_by_role("button", name="Sign in").click()

        def press(name: str, told: str) -> None:
            page.get_by_role("button", name=name).click()
            expect(page.get_by_role("status")).to_contain_text(told)

        def correct(label: str = "", value: str = "") -> None:
            page.get_by_text("Correct this story").click()
            if label:
                page.get_by_label(label).fill(value)

        heading = page.get_by_role("heading", level=1)
        correct("Its title", "Better <title>")
        press("Rename it", "The story has its new title.")
        expect(heading).to_have_text("Better <title>")
        correct()
        press("Let the wire choose again", "The story has its new title.")
        expect(heading).to_have_text("The wire’s")
        correct("An article that belongs here", f"{wire.url}/articles/{stray}")
        press("Pin it here", "The article belongs to this story now")
        assert titles(page) == ["Stray", "Islanders protest", "Ferry to be cut"]
        correct("An article that belongs here", "nonsense")
        page.get_by_role("button", name="Pin it here").click()
        expect(page.get_by_role("alert")).to_contain_text("Give the address of the article’s page")
        expect(page.get_by_label("An article that belongs here")).to_have_value("nonsense")
        page.get_by_label("About something else: Stray").check()
        press("Take the ticked ones out", "The articles are a story of their own now")
        expect(heading).to_have_text("Split off")
        assert titles(page) == ["Stray"]
        correct("The story that it is the same as", f"/stories/{ferry}")
        press("Merge them", "The stories are one now.")
        expect(page).to_have_url(f"{wire.url}/stories/{ferry}?done=merged")
        page.goto(f"{wire.url}/stories/{stray}")
        expect(page).to_have_url(f"{wire.url}/stories/{ferry}")
        assert [type(one) for one in asked] == [RenameStory, RenameStory, PinArticle, SplitStory, MergeStories]
