"""A page that is closed to everybody but who has a key, as a browser opens it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, HttpCredentials, Page, expect

from tests.browser.wire import Wire
from tests.conftest import ADMIN_KEY, Server


@pytest.fixture
def closed(server: Server, tmp_path: Path) -> Iterator[Wire]:
    wire = Wire(server, tmp_path, reading="closed", admin_key=ADMIN_KEY)
    try:
        wire.start()
        yield wire
    finally:
        wire.close()


def test_with_a_key_the_page_and_its_live_stream_open(page: Page, closed: Wire) -> None:
    closed.publish("Ferry saved by a single vote")
    page.goto(f"{closed.url}/source/courier.example")
    expect(page.get_by_role("heading", level=1)).to_have_text("A key is needed to read on")
    page.get_by_label("Key", exact=True).fill(ADMIN_KEY)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Harbour Courier")
    expect(page.get_by_text("Ferry saved by a single vote")).to_be_visible()
    assert page.evaluate("document.cookie") == ""
    expect(page.locator("#status")).to_have_text("Live")
    closed.publish("Kelp buries carbon", wait=False)
    page.locator("#arrivals").click()
    expect(page.get_by_text("Kelp buries carbon")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A key is needed to read on")


def test_without_a_key_it_stays_shut(chromium: Browser, closed: Wire) -> None:
    closed.publish("Ferry saved by a single vote", wait=False)
    wrong: HttpCredentials = {"username": "anybody", "password": "dl_00000000_guessed"}
    with chromium.new_context(http_credentials=wrong) as context:
        page = context.new_page()
        for path in ("/", "/feeds", "/v1/articles", "/v1/stream"):
            answer = page.goto(closed.url + path)
            assert answer
            assert answer.status == 401
        assert "Ferry" not in page.content()
