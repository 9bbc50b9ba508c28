"""Reading the wire: from the front page to the source, by mouse, by keys, without JavaScript, on a small screen."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from services.contracts.articles import Source
from tests.browser.every_page import fill
from tests.browser.wire import Wire

FIRST_VIEW_BYTES = 50_000


def titles(page: Page) -> list[str]:
    return page.locator(".headline h3").all_inner_texts()


def test_from_the_front_page_to_the_source(page: Page, wire: Wire) -> None:
    wire.publish("Reservoir bill passes", "Politics", minutes_ago=70)
    wire.publish("Ferry starts its trial", "Transport", minutes_ago=7, url="https://courier.example/ferry")
    page.goto(wire.url)
    assert titles(page) == ["Ferry starts its trial", "Reservoir bill passes"]
    assert page.locator(".headline .age").all_inner_texts() == ["7 mins ago", "about 1 hour ago"]
    page.get_by_role("link", name="Ferry starts its trial").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ferry starts its trial")
    assert page.locator(".body p").all_inner_texts() == ["The crossing takes eleven minutes.", "It runs twice an hour."]
    source = page.get_by_role("link", name="Source link")
    expect(source).to_have_attribute("href", "https://courier.example/ferry")
    expect(source).to_have_attribute("rel", "noopener noreferrer external")
    page.get_by_text("How its times were found").click()
    expect(page.locator("details[open]").first).to_contain_text("from the feed’s pubDate")
    page.get_by_role("link", name="Dateline", exact=True).click()
    assert len(titles(page)) == 2


def test_narrowing_down_and_the_way_back(page: Page, wire: Wire) -> None:
    other = Source(id="post.example", name="The Post")
    wire.publish("Ferry", "Transport", minutes_ago=1)
    wire.publish("Trams", "Transport", minutes_ago=2, source=other)
    wire.publish("Bees", "Culture", minutes_ago=3)
    page.goto(wire.url)
    page.locator(".headline").first.get_by_role("link", name="Transport").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Transport")
    assert titles(page) == ["Ferry", "Trams"]
    page.locator(".headline").nth(1).get_by_role("link", name="The Post").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The Post")
    assert titles(page) == ["Trams"]
    page.get_by_role("main").get_by_role("link", name="All headlines").click()
    assert titles(page) == ["Ferry", "Trams", "Bees"]


def test_searching(page: Page, wire: Wire) -> None:
    wire.publish("Ferry starts its trial", summary="Quiet.", text="Quiet.")
    wire.publish("Bees on the roof", summary="Loud.", text="Loud.")
    page.goto(wire.url)
    page.keyboard.press("/")
    page.keyboard.type("bees jok")
    assert page.get_by_role("searchbox").input_value() == "bees jok"
    page.get_by_role("searchbox").fill("bees")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Search: “bees”")
    assert titles(page) == ["Bees on the roof"]
    page.get_by_role("searchbox").fill("zebra")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".nothing")).to_contain_text("No article")
    page.get_by_role("searchbox").fill("bees (roof")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("This ( is not closed")
    expect(page.locator(".asked mark")).to_have_text("(")
    expect(page.get_by_role("searchbox")).to_have_value("bees (roof")
    page.get_by_role("searchbox").fill("bees roof")
    page.keyboard.press("Enter")
    expect(page.locator("h3 mark")).to_have_text(["Bees", "roof"])


def test_a_search_is_narrowed_down_by_links_and_opened_again(page: Page, wire: Wire) -> None:
    wire.publish("Ferry to the island", "Transport", minutes_ago=2)
    wire.publish("Ferry sold", "Economy", minutes_ago=1)
    page.goto(f"{wire.url}/search?q=ferry")
    page.get_by_role("complementary").get_by_role("link", name="Transport").click()
    expect(page.locator(".headline")).to_have_count(1)
    page.get_by_role("link", name="Do not narrow down to Transport").click()
    expect(page.locator(".headline")).to_have_count(2)
    page.get_by_role("link", name="Best first").click()
    expect(page.get_by_role("link", name="Best first")).to_have_attribute("aria-current", "true")
    assert page.locator("body").get_attribute("data-stream") is None


def test_by_keys_alone(page: Page, wire: Wire) -> None:
    for number in (1, 2, 3):
        wire.publish(f"Number {number}", minutes_ago=number)
    page.goto(wire.url)
    focused = page.locator("h3 a:focus")
    for key, title in (("j", "Number 1"), ("j", "Number 2"), ("j", "Number 3"), ("j", "Number 3"), ("k", "Number 2")):
        page.keyboard.press(key)
        expect(focused).to_have_text(title)
    page.keyboard.press("Control+k")
    expect(focused).to_have_text("Number 2")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(focused).to_have_text("Number 2")
    page.keyboard.press("o")
    expect(page.get_by_role("heading", level=1)).to_have_text("Number 2")
    page.goto(wire.url)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_without_javascript(chromium: Browser, wire: Wire) -> None:
    for number in range(32):
        wire.publish(f"Number {number}", minutes_ago=number, wait=number == 31)
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(wire.url)
        first = titles(page)
        page.get_by_role("link", name="Older").click()
        assert first + titles(page) == [f"Number {number}" for number in range(32)]
        expect(page.get_by_role("link", name="Older")).to_have_count(0)
        page.get_by_role("searchbox").fill("7")
        page.get_by_role("button", name="Search").click()
        assert titles(page) == ["Number 7"]
        page.get_by_role("link", name="Number 7").click()
        page.get_by_text("How its times were found").click()
        expect(page.locator("details[open] dl").first).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_a_small_screen(chromium: Browser, wire: Wire, scheme: Any) -> None:
    paths = fill(wire)
    with chromium.new_context(viewport={"width": 320, "height": 600}, color_scheme=scheme) as context:
        page, widths = context.new_page(), {}
        for name, path in paths.items():
            page.goto(wire.url + path)
            page.evaluate("document.querySelectorAll('details').forEach((details) => (details.open = true))")
            widths[name] = page.evaluate("document.documentElement.scrollWidth")
    assert {name: width for name, width in widths.items() if width > 320} == {}


def test_the_first_view_is_small_and_comes_from_one_place(page: Page, wire: Wire) -> None:
    words = "A sentence that goes on for as long as sentences in newspapers do. " * 4
    for number in range(40):
        source = Source(id=f"source{number}.example", name=f"The Daily {number}")
        wire.publish(f"{number}: {words[:90]}", "One", "Two", "Three", summary=words, source=source, wait=number == 39)
    network, sizes, hosts = page.context.new_cdp_session(page), dict[str, float](), set[str]()
    network.on("Network.requestWillBeSent", lambda told: hosts.add(urlsplit(told["request"]["url"]).netloc))
    network.on("Network.loadingFinished", lambda told: sizes.update({told["requestId"]: told["encodedDataLength"]}))
    network.send("Network.enable")
    page.goto(wire.url, wait_until="load")
    expect(page.locator("#status")).to_have_text("Live")
    assert hosts == {urlsplit(wire.url).netloc}
    assert len(sizes) >= 3
    assert sum(sizes.values()) < FIRST_VIEW_BYTES


def test_printed_it_is_the_text_alone_in_black_on_white(page: Page, wire: Wire) -> None:
    subject = wire.publish("Ferry", "Transport", url="https://courier.example/ferry")
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(f"{wire.url}/articles/{subject}")
    for kept in (page.get_by_role("heading", level=1), page.locator(".body p").first, page.locator(".name")):
        expect(kept).to_be_visible()
    for left in (".search", "details", ".colophon", ".skip"):
        expect(page.locator(left).first).to_be_hidden()
    colours = "(node) => [getComputedStyle(node).color, getComputedStyle(node).backgroundColor]"
    assert page.locator("body").evaluate(colours) == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    after = page.locator(".source-link a").evaluate("(node) => getComputedStyle(node, '::after').content")
    assert "https://courier.example/ferry" in after
    page.goto(wire.url)
    expect(page.get_by_role("heading", level=3)).to_be_visible()
    expect(page.get_by_role("complementary")).to_be_hidden()
    assert page.pdf().startswith(b"%PDF")


def test_what_a_publisher_writes_can_run_nothing(page: Page, wire: Wire) -> None:
    attack = "<img src=x onerror='document.title=`owned`'><script>document.title='owned'</script>"
    subject = wire.publish(f"Hostile {attack}", attack, summary=attack, html=f"<p>Body {attack}</p>", authors=(attack,))
    page.goto(wire.url)
    assert titles(page) == [f"Hostile {attack}"]
    page.goto(f"{wire.url}/articles/{subject}")
    expect(page.locator(".body p")).to_have_text("Body")
    assert page.title().startswith("Hostile <img")
