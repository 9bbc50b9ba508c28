"""`dateline feeds check` and `feeds add`, given a web page instead of a feed."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.cli.dateline import dateline
from tests.conftest import free_port
from tests.ingest.feeds import item, rss

FRONT = '<!doctype html><link rel="alternate" type="application/rss+xml" href="comments.xml">'
FRONT += '<link rel="alternate" type="application/rss+xml" href="news.xml">'


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    (tmp_path / "index.html").write_text(FRONT)
    (tmp_path / "news.xml").write_bytes(rss(item(1), item(2)))
    (tmp_path / "comments.xml").write_bytes(rss(item(1), channel="<title>Comments</title>"))
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "page.html").write_text("<!doctype html><p>Nothing")
    monkeypatch.setenv("DATELINE_ALLOW_HOSTS", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(tmp_path))) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_check_lists_a_pages_feeds_and_says_which_it_would_choose(site: str) -> None:
    done = dateline("feeds", "check", f"{site}/")
    assert done.status == 0
    assert done.out.splitlines() == [
        f"{site}/",
        f"  feed      {site}/comments.xml (declared): Comments, RSS 2.0, 1 entry",
        f"  feed      {site}/news.xml (declared): Harbour Courier, RSS 2.0, 2 entries",
        f"  chosen    {site}/news.xml (the page declares it; of 2 feeds it comes first)",
    ]


def test_check_says_what_was_tried_where_there_is_no_feed(site: str) -> None:
    done = dateline("feeds", "check", f"{site}/bare/page.html")
    assert done.status == 1
    assert f"no feed   {site}/rss (guessed): the server answered 404" in done.out
    assert "error     this is an HTML page, and no feed was found" in done.out


def test_add_says_which_feed_it_found_before_it_asks_the_api(site: str) -> None:
    done = dateline("feeds", "add", f"{site}/", "--api", f"http://127.0.0.1:{free_port()}")
    assert f"found {site}/news.xml: the page declares it" in done.out
    assert "no API answers" in done.err


def test_add_refuses_a_page_without_feeds_and_names_the_way_round_it(site: str) -> None:
    api = f"http://127.0.0.1:{free_port()}"
    done = dateline("feeds", "add", f"{site}/bare/page.html", "--api", api)
    assert done.status == 1
    assert "no feed was found" in done.err
    assert "--as-it-is" in done.err
    assert "no API answers" in dateline("feeds", "add", f"{site}/bare/page.html", "--as-it-is", "--api", api).err
