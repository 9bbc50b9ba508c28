"""Nothing that a publisher sends runs in a reader's browser, with the page's own security policy switched off too."""

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, Page

from tests.browser.hostile_markup import CASES
from tests.browser.wire import Wire
from tests.conftest import Server
from tests.e2e.feed_server import FeedServer
from tests.e2e.processes import Processes

_POKE = """() => {
  const found = [], at = (node, what) => found.push(what + ": " + node.outerHTML.slice(0, 200));
  const addresses = ["href", "src", "action", "formaction", "data", "poster", "xlink:href", "srcdoc", "background"];
  const fine = /^(https?:|mailto:|[/#?]|data:image\\/(?!svg))/;
  for (const node of document.querySelectorAll("*")) {
    for (const { name, value } of node.attributes) {
      if (name.startsWith("on") || name === "style") at(node, name);
      if (addresses.includes(name) && value && !fine.test(value)) at(node, name);
    }
    if (/^(iframe|frame|object|embed|base|style|math|xss|marquee)$/i.test(node.tagName)) at(node, "element");
    if (node.tagName === "SCRIPT" && !(node.getAttribute("src") || "").startsWith("/static/")) at(node, "script");
    for (const type of ["mouseover", "pointerenter", "focus", "animationstart", "toggle", "load", "error"])
      node.dispatchEvent(new Event(type));
  }
  return found;
}"""


@contextmanager
def lenient(chromium: Browser) -> Iterator[tuple[Page, list[str]]]:
    """A tab without any security policy, and what ran in it by the address at which it did."""
    with chromium.new_context(bypass_csp=True) as context:
        page, ran = context.new_page(), list[str]()
        page.set_default_timeout(10_000)
        page.on("dialog", lambda dialog: dialog.dismiss())
        page.expose_function("ran", lambda: ran.append(page.url))
        yield page, ran


def settled(page: Page) -> list[str]:
    """What is wrong with the page once every image and handler had its chance."""
    found: list[str] = page.evaluate(_POKE)
    page.evaluate("() => new Promise(done => setTimeout(done, 20))")
    return found


def test_the_cases_are_many_and_the_trap_catches_them_where_nothing_protects(chromium: Browser) -> None:
    assert len(CASES) >= 50
    caught, run = set(), set()
    with lenient(chromium) as (page, ran):
        for name, markup in CASES.items():
            page.goto("about:blank")
            ran.clear()
            page.set_content(f"<body>{markup}</body>", wait_until="commit")
            page.evaluate("() => new Promise(done => setTimeout(done, 20))")
            if settled(page):
                caught.add(name)
            if ran:
                run.add(name)
    assert len(run) >= 40, sorted(run)
    assert len(run | caught) >= 75, sorted(set(CASES) - run - caught)


def test_what_stands_in_a_feed_runs_nowhere(chromium: Browser, server: Server, tmp_path: Path, page: Page) -> None:
    """Through ingest: as titles, texts, links, authors, categories, images and as the feed's own name."""
    feeds = FeedServer()
    wire = Processes(server.url, tmp_path)
    with feeds.running(), wire.running("ingest", "api"):
        wire.until(lambda wire: wire.get("/readyz"))
        with lenient(chromium) as (tab, ran):
            tab.goto(f"{wire.http.base_url}/")  # what comes now is put on the page by its script
            feeds.documents["/feed.xml"] = ("application/rss+xml", hostile_feed())
            wire.http.post("/v1/feeds", json={"url": feeds.url("/feed.xml")}).raise_for_status()
            wire.until(lambda wire: len(wire.every_article()) == len(CASES))
            tab.locator("#arrivals").click()
            assert (settled(tab), ran) == ([], [])
            articles = wire.every_article()
            paths = [f"/articles/{article['id']}" for article in articles]
            for path in [*narrow_pages(wire), *paths, f"{paths[0]}/revisions"]:
                tab.goto(f"{wire.http.base_url}{path}", wait_until="domcontentloaded")
                assert (path, settled(tab), ran) == (path, [], [])
            tab.goto("about:blank")
            for article in articles:  # as a client would that believes the API's HTML
                document = wire.get(f"/v1/articles/{article['id']}")
                tab.set_content(document["html"] or "", wait_until="commit")
                assert (document["title"], settled(tab), ran) == (document["title"], [], [])
        page.goto(f"{wire.http.base_url}/?limit=100")  # and with the policy, which has nothing to complain of
        page.goto(f"{wire.http.base_url}{paths[0]}")


def narrow_pages(wire: Processes) -> list[str]:
    """Pages that show names of tags, sources and feeds, and what was typed: as words, and where it is a mistake."""
    attack = quote(CASES["image that fails"], safe="")
    tags = [quote(tag["slug"], safe="") for tag in wire.get("/v1/tags?limit=5")["tags"]]
    sources = [quote(source["id"], safe="") for source in wire.get("/v1/sources?limit=1")["sources"]]
    feeds = [feed["id"] for feed in wire.get("/v1/feeds")["feeds"]]
    words = f"/search?q=img%20onerror%20OR%20intitle%3A%22{attack}%22"
    return [
        "/?limit=100", "/feeds", "/search", words, f"/search?q=({attack}", f"/?q={attack}", f"/tag/{attack}",
        f"/source/{attack}", f"/{attack}", f"/sign-in?next={attack}", f"/feeds?sort={attack}",
        *(f"/tag/{tag}" for tag in tags), *(f"/source/{source}" for source in sources),
        *(f"/feeds/{feed}" for feed in feeds),
    ]  # fmt: skip


def hostile_feed() -> bytes:
    """An RSS feed with one entry for each case, which has it in every place that it can stand in."""
    entries = []
    for number, (name, markup) in enumerate(CASES.items()):
        text = escape(markup.replace("\u0000", ""))
        entries.append(
            f"<item><title>{number} {escape(name)} {text}</title><guid isPermaLink='false'>{number}</guid>"
            f"<link>javascript:ran()//{number}</link><author>{text}</author><category>{text}</category>"
            f"<description>{text}</description><content:encoded>{text}&lt;p&gt;The end&lt;/p&gt;</content:encoded>"
            f"<media:thumbnail url='javascript:ran()'/><enclosure url='javascript:ran()' type='{text}'/></item>"
        )
    spaces = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/"'
    title = escape(CASES["image that fails"])
    channel = f"<title>{title}</title><link>javascript:ran()</link>{''.join(entries)}"
    return f'<rss version="2.0" {spaces}><channel>{channel}</channel></rss>'.encode()


def test_what_somebody_writes_to_the_stream_runs_nowhere(chromium: Browser, wire: Wire) -> None:
    """Past ingest, so that nothing is sanitised before the page does it."""
    subjects = {}
    for number, (name, markup) in enumerate(CASES.items()):
        markup = markup.replace("\u0000", "")  # noqa: PLW2901
        link = ["javascript:ran()", "data:text/html,<script>ran()</script>", f"https://x.example/\"'><script>{number}"]
        fields: dict[str, Any] = {"html": markup, "summary": markup, "image": link[number % 3], "url": link[number % 2]}
        subjects[name] = subject = wire.publish(f"{number} {markup}", markup, wait=False, **fields)
        terms = [{"text": markup, "weight": 1.0}, {"text": f"person:{markup}", "weight": 0.5}]
        wire.tell(subject, subject, change="opened", title=markup, terms=terms)
    for subject in subjects.values():
        wire.until_enriched(subject)
    wire.until_ok(f"/v1/stories/{subject}")
    first = next(iter(subjects.values()))
    wire.tell(first, *(subject for subject in subjects.values() if subject != first), title=CASES["image that fails"])
    wire.until_ok(f"/v1/stories/{first}", f'"size":{len(subjects)}')
    stories = ["/?order=momentum&limit=100", *(f"/stories/{subject}" for subject in (first, subject))]
    with lenient(chromium) as (tab, ran):
        for path in ["/?limit=100", *stories, *(f"/articles/{subject}" for subject in subjects.values())]:
            tab.goto(f"{wire.url}{path}", wait_until="domcontentloaded")
            assert (path, settled(tab), ran) == (path, [], [])
