"""A browser's own EventSource on the live stream, cut off on purpose: every article once and in order."""

from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.browser.wire import Wire
from tests.cutting import cutting

LISTEN = """(address) => {
  window.heard = [];
  const source = new EventSource(address);
  source.addEventListener("article", (event) => heard.push(JSON.parse(event.data).title));
}"""


def test_every_article_is_heard_once_and_in_order(page: Page, wire: Wire) -> None:
    page.set_default_timeout(30_000)
    with cutting(urlsplit(wire.url).port or 0, cuts=3, at_most=12_000) as cutter:
        page.goto(f"{cutter.url}/healthz")
        page.evaluate(LISTEN, "/v1/stream?since=0-0_0-0_0-0")
        for portion in range(4):
            for number in range(10):
                wire.publish(f"Number {portion * 10 + number}", wait=number == 9)
            page.wait_for_function(f"heard.length >= {portion * 10 + 5}")
        page.wait_for_function("heard.length >= 40")
        assert page.evaluate("heard") == [f"Number {number}" for number in range(40)]
        assert cutter.cut == 3
        assert cutter.inside > 0
