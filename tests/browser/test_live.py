"""Headlines that arrive while the page is open."""

from datetime import datetime

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from services.contracts.articles import ArticleRevised, Source
from tests.api.page.samples import article_model
from tests.browser.wire import STREAMS, Wire


@pytest.fixture
def front(page: Page, wire: Wire) -> Page:
    """The front page with twenty headlines, listening."""
    for number in range(20):
        wire.publish(f"Number {number}", minutes_ago=2 + number, wait=number == 19)
    page.goto(wire.url)
    listening(page)
    return page


def listening(page: Page) -> None:
    expect(page.locator("#status")).to_have_text("Live")


def offer(page: Page) -> Locator:
    return page.locator("#arrivals")


def titles(page: Page) -> list[str]:
    return page.locator(".headline h3").all_inner_texts()


def time_of(shown: Locator) -> datetime:
    return datetime.fromisoformat(shown.get_attribute("data-time") or "")


def test_a_new_headline_is_announced_and_waits_to_be_asked_for(front: Page, wire: Wire) -> None:
    before = titles(front)
    wire.publish("Ferry starts its trial", "Transport")
    expect(offer(front)).to_have_text("1 new headline — show")
    expect(front.locator("[aria-live=polite]")).to_have_text("1 new headline")
    assert titles(front) == before
    assert front.title() == "(1) Dateline"
    wire.publish("Bees on the roof")
    expect(offer(front)).to_have_text("2 new headlines — show")
    offer(front).click()
    assert titles(front) == ["Bees on the roof", "Ferry starts its trial", *before]
    expect(offer(front)).to_be_hidden()
    assert front.title() == "Dateline"


def test_it_looks_as_if_it_had_been_there_when_the_page_was_made(front: Page, wire: Wire) -> None:
    summary = "Two  lines\nand “quotes” & <angles>, " + "and many words " * 20
    source = Source(id="sea:side.example", name="The <Sea> & Side")
    wire.publish(
        " Ferry\n starts & <stops>", "Transport", "transport", "Ähnliches", *"ABC", summary=summary, source=source
    )
    offer(front).click()
    listing = "(list) => list.innerHTML.replaceAll('headline new', 'headline').replace(/>\\s+</g, '><').trim()"
    arrived = front.locator("#headlines").evaluate(listing)
    front.reload()
    assert front.locator("#headlines").evaluate(listing) == arrived


def test_what_is_being_read_does_not_move(front: Page, wire: Wire) -> None:
    reading = front.locator(".headline", has_text="Number 12")
    reading.evaluate("(entry) => scrollTo({ top: entry.offsetTop, behavior: 'instant' })")
    before = reading.bounding_box()
    for number in range(3):
        wire.publish(f"New {number}", "Transport", summary="Long. " * 30)
    expect(offer(front)).to_have_text("3 new headlines — show")
    assert reading.bounding_box() == before
    front.keyboard.press("n")
    expect(offer(front)).to_have_text("Go to the newest ↑")
    after = reading.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"]) < 1
    offer(front).click()
    expect(front.locator("h3 a:focus")).to_have_text("New 2")


def test_an_article_takes_the_place_that_its_time_gives_it(front: Page, wire: Wire) -> None:
    wire.publish("Between", minutes_ago=4.5)
    offer(front).click()
    assert titles(front)[:5] == ["Number 0", "Number 1", "Number 2", "Between", "Number 3"]


def test_an_article_as_old_as_those_on_later_pages_is_not_offered(front: Page, wire: Wire) -> None:
    for number in range(20, 40):
        wire.publish(f"Number {number}", minutes_ago=2 + number, wait=number == 39)
    front.reload()
    listening(front)
    wire.publish("Old", minutes_ago=300)
    wire.publish("New")
    expect(offer(front)).to_have_text("1 new headline — show")


def test_an_enrichment_changes_the_tags_where_they_are_shown(front: Page, wire: Wire) -> None:
    shown = front.locator(".headline", has_text="Number 0").first
    wire.enrich(article_model("Number 0", first_seen=time_of(shown)), "Transport", version=2)
    expect(shown.locator(".tag")).to_have_text("Transport")


def test_a_revision_changes_the_title_where_it_is_shown(front: Page, wire: Wire) -> None:
    shown = front.locator(".headline").first
    first = article_model("Number 0")
    revised = article_model("Number 0, corrected", id=first.id, revision=2, first_seen=time_of(shown))
    wire.send(ArticleRevised, STREAMS.articles, f"{first.id}/2", revised)
    expect(shown.locator("h3")).to_have_text("Number 0, corrected")
    expect(offer(front)).to_be_hidden()


def test_a_narrowed_page_hears_only_its_own(page: Page, wire: Wire) -> None:
    other = Source(id="post.example", name="The Post")
    wire.publish("Of the Post", source=other, minutes_ago=1)
    page.goto(f"{wire.url}/?source=post.example")
    listening(page)
    wire.publish("Of the Courier")
    wire.publish("Also of the Post", source=other)
    expect(offer(page)).to_have_text("1 new headline — show")
    offer(page).click()
    assert titles(page) == ["Also of the Post", "Of the Post"]


def test_ages_and_headings_go_on_by_themselves(page: Page, wire: Wire) -> None:
    wire.publish("Fresh", minutes_ago=1)
    wire.publish("Nearly an hour old", minutes_ago=58)
    page.clock.install()
    page.goto(wire.url)
    listening(page)
    assert page.locator(".group").count() == 1
    page.clock.fast_forward("03:00")
    assert page.locator(".headline .age").all_inner_texts() == ["4 mins ago", "about 1 hour ago"]
    assert page.locator(".group").count() == 2
    assert page.locator(".group").first.locator("h3").all_inner_texts() == ["Fresh"]


def test_what_arrives_between_the_page_and_its_stream_is_not_lost(page: Page, wire: Wire) -> None:
    wire.publish("There already", minutes_ago=1)

    def publish_first(route: Route) -> None:
        wire.publish("In between")
        route.continue_()

    page.route("**/static/dateline.*.js", publish_first)
    page.goto(wire.url)
    offer(page).click()
    assert titles(page) == ["In between", "There already"]


def test_what_arrives_while_the_server_is_away_comes_when_it_is_back(front: Page, wire: Wire) -> None:
    wire.publish("Before")
    expect(offer(front)).to_have_text("1 new headline — show")
    wire.stop()
    expect(front.locator("#status")).to_have_text("Reconnecting")
    wire.publish("Meanwhile", wait=False)
    wire.start()
    listening(front)
    expect(offer(front)).to_have_text("2 new headlines — show")
    offer(front).click()
    assert titles(front)[:3] == ["Meanwhile", "Before", "Number 0"]
