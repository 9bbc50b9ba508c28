"""Every page, in light and in dark, with all forms to be seen, has nothing that axe-core objects to."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.every_page import fill
from tests.browser.wire import Wire
from tests.conftest import ADMIN_KEY, Server

_AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
_OPEN_ALL = "document.querySelectorAll('details').forEach((details) => (details.open = true))"


@pytest.fixture
def wire(server: Server, tmp_path: Path) -> Iterator[Wire]:
    wire = Wire(server, tmp_path, admin_key=ADMIN_KEY)
    try:
        wire.start()
        yield wire
    finally:
        wire.close()


def objections(page: Page, only: str | None = None) -> list[str]:
    """What axe-core finds on the page, its rules of good practice included; or one rule of it `only`."""
    page.evaluate(_AXE)
    found: list[dict[str, Any]] = page.evaluate(
        "(options) => axe.run({ resultTypes: ['violations'], ...options }).then((all) => all.violations)",
        {"runOnly": [only]} if only else {},
    )
    return [f"{one['id']}: {node['html'][:160]} {node['failureSummary']}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_objects_to_nothing(chromium: Browser, wire: Wire, scheme: Any) -> None:
    paths, only = fill(wire), "color-contrast" if scheme == "dark" else None  # nothing but colours differs
    with chromium.new_context(color_scheme=scheme, reduced_motion="reduce") as context:
        page = context.new_page()
        found = {}
        for who in ("anybody", "admin"):
            for name, path in paths.items():
                page.goto(wire.url + path)
                page.evaluate(_OPEN_ALL)
                found[f"{name} for {who}"] = objections(page, only)
            if who == "anybody":
                page.goto(f"{wire.url}/sign-in?next=/feeds")
                page.get_by_label("Key", exact=True).fill("wrong")
                page.keyboard.press("Enter")
                expect(page.get_by_role("alert")).to_contain_text("not known here")
                found["wrong key"] = objections(page, only)
                page.get_by_label("Key", exact=True).fill(ADMIN_KEY)
                page.keyboard.press("Enter")
                expect(page.get_by_role("heading", level=1)).to_have_text("Feeds")
        assert {name: told for name, told in found.items() if told} == {}


def test_axe_objects_to_nothing_that_the_script_adds(page: Page, wire: Wire) -> None:
    wire.publish("First", minutes_ago=3)
    page.goto(wire.url)
    expect(page.locator("#status")).to_have_text("Live")
    wire.publish("Second", "Politics")
    expect(page.locator("#arrivals")).to_be_visible()
    assert objections(page) == []
    page.locator("#arrivals").click()
    page.locator("h3 a:focus").wait_for()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    assert objections(page) == []


def test_the_trap_catches(page: Page) -> None:
    page.set_content("<html lang=en><title>t</title><main><h1>t</h1><img src=x><p style='color:#ddd'>faint</p></main>")
    assert {told.partition(":")[0] for told in objections(page)} >= {"image-alt", "color-contrast"}
