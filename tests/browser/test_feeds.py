"""Signing in and looking after feeds, by forms alone: with ingest running, and JavaScript switched off."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.conftest import ADMIN_KEY, Server
from tests.e2e.feed_server import FeedServer
from tests.e2e.processes import Processes

RSS = """<rss version="2.0"><channel><title>Harbour Courier</title><link>https://courier.example/</link>
<item><title>Ferry saved</title><link>https://courier.example/ferry</link></item></channel></rss>"""


class Desk:
    """The page of feeds, before a feed that can be read and the services that do it."""

    def __init__(self, page: Page, feeds: FeedServer, wire: Processes) -> None:
        self.page, self.feeds, self.wire = page, feeds, wire
        self.base = str(wire.http.base_url).rstrip("/")
        self.heading = page.get_by_role("heading", level=1)
        self.status, self.alert = page.get_by_role("status"), page.get_by_role("alert")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def fill(self, label: str, value: str) -> None:
        self.page.get_by_label(label, exact=True).fill(value)

    def row(self, name: str) -> Locator:
        return self.page.get_by_role("row").filter(has=self.page.get_by_role("rowheader").filter(has_text=name))

    def sign_in(self) -> None:
        self.page.goto(f"{self.base}/feeds")
        self.page.get_by_role("link", name="Sign in to add feeds").click()
        self.fill("Key", ADMIN_KEY)
        self.press("Sign in")
        expect(self.heading).to_have_text("Feeds")

    def add(self) -> None:
        self.fill("Address of a feed or a site", self.feeds.url("/feed.xml"))
        self.fill("Tags", "harbours, world")
        self.press("Add the feed")
        expect(self.status).to_have_text("The feed was added. It is being read.")
        self.wire.until(lambda wire: len(wire.every_article()) == 1)
        self.page.reload()


@pytest.fixture
def desk(chromium: Browser, server: Server, tmp_path: Path) -> Iterator[Desk]:
    feeds, wire = FeedServer(), Processes(server.url, tmp_path)
    feeds.documents["/feed.xml"] = ("application/rss+xml", RSS.encode())
    with feeds.running(), wire.running("ingest", "api"), chromium.new_context(java_script_enabled=False) as context:
        wire.until(lambda wire: wire.get("/readyz"))
        page = context.new_page()
        page.set_default_timeout(15_000)
        yield Desk(page, feeds, wire)


def test_a_feed_is_added_changed_read_again_and_removed(desk: Desk) -> None:
    desk.page.goto(f"{desk.base}/feeds")
    expect(desk.page.get_by_role("button", name="Add the feed")).to_have_count(0)
    desk.sign_in()
    desk.fill("Address of a feed or a site", "ftp://nowhere")
    desk.press("Add the feed")
    expect(desk.alert).to_contain_text("must be a whole http or https URL")
    desk.add()
    expect(desk.heading).to_have_text("Harbour Courier")
    desk.fill("Your own name for it", "The <Courier>")
    desk.fill("Tags, split by commas", "harbours")
    desk.press("Save")
    expect(desk.status).to_have_text("The feed was changed.")
    expect(desk.heading).to_have_text("The <Courier>")
    before = desk.feeds.requests.count("/feed.xml")
    desk.press("Read it now")
    expect(desk.status).to_have_text("The feed is being read again.")
    desk.wire.until(lambda _wire: desk.feeds.requests.count("/feed.xml") > before)
    desk.page.get_by_role("link", name="Feed", exact=True).click()
    expect(desk.row("The <Courier>")).to_contain_text("Fine")
    desk.page.get_by_role("link", name="The <Courier>", exact=True).click()
    desk.page.get_by_text("Remove this feed").click()
    desk.press("Remove it")
    expect(desk.status).to_contain_text("The feed was removed")
    expect(desk.page.get_by_text("No feed is read yet")).to_be_visible()
    desk.press("Sign out")
    desk.page.goto(f"{desk.base}/feeds")
    expect(desk.page.get_by_role("link", name="Sign in to add feeds")).to_be_visible()


def test_the_feeds_go_out_and_come_in_as_a_list(desk: Desk, tmp_path: Path) -> None:
    desk.sign_in()
    desk.add()
    desk.page.goto(f"{desk.base}/feeds")
    with desk.page.expect_download() as download:
        desk.page.get_by_role("link", name="Download as OPML").click()
    kept = tmp_path / "kept.opml"
    download.value.save_as(kept)
    listed = kept.read_text()
    assert desk.feeds.url("/feed.xml") in listed
    lists = {
        listed.replace("</body>", '<outline text="Odd" xmlUrl="gopher://odd"/></body>'): "gopher://odd",
        listed: "0 added, 0 changed, 1 known already",
        listed.replace("feed.xml", "other.xml"): "1 added, 0 changed, 0 known already",
    }
    for text, told in lists.items():
        _send(desk, kept, text)
        expect(desk.status).to_contain_text(told)
    _send(desk, kept, "no list at all")
    expect(desk.alert).to_be_visible()


def _send(desk: Desk, file: Path, text: str) -> None:
    file.write_text(text)
    desk.page.get_by_text("Add feeds").click()
    desk.page.get_by_label("A list of feeds (OPML)").set_input_files(file)
    desk.press("Add the list")
