"""A real browser before a real API."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.wire import Wire
from tests.conftest import Server

_PATIENCE_MS = 30_000
_QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium on PATH; on Debian: apt-get install chromium")
    expect.set_options(timeout=_PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_QUIET)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """An empty tab. A script that fails, or breaks the page's own security policy, fails the test."""
    with chromium.new_context(viewport={"width": 1280, "height": 800}) as context:
        page, complaints = context.new_page(), []
        page.set_default_timeout(_PATIENCE_MS)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Security Policy" in said.text else None)
        yield page
    assert complaints == []


@pytest.fixture
def wire(server: Server, tmp_path: Path) -> Iterator[Wire]:
    wire = Wire(server, tmp_path)
    try:
        wire.start()
        yield wire
    finally:
        wire.close()
