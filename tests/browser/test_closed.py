"""A page that is closed to everybody but who has a key, as a browser opens it: with nothing but a password."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, HttpCredentials, expect

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


def test_with_a_key_as_the_password_the_page_and_its_live_stream_open(chromium: Browser, closed: Wire) -> None:
    closed.publish("Ferry saved by a single vote", wait=False)
    reader: HttpCredentials = {"username": "anybody", "password": ADMIN_KEY}
    with chromium.new_context(http_credentials=reader) as context:
        page = context.new_page()
        page.goto(closed.url)
        page.reload()
        expect(page.get_by_text("Ferry saved by a single vote")).to_be_visible()
        with page.expect_response(lambda answer: "/v1/stream" in answer.url) as answer:
            page.reload()
        assert answer.value.status == 200
        closed.publish("Kelp buries carbon", wait=False)
        page.locator("#arrivals").click()
        expect(page.get_by_text("Kelp buries carbon")).to_be_visible()


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
