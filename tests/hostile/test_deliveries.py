"""What a hub delivers, and what is sent to a webhook, may be hostile as well: one publisher for both."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from xml.sax.saxutils import escape

import httpx
import pytest
from standardwebhooks.webhooks import Webhook

from services.contracts.bounds import LISTED, TITLE
from tests.hostile.conftest import Scene
from tests.hostile.monsters import SENTENCE, entry, monsters, rss
from tests.hostile.strings import as_windows, can_be_sent, cleaned, naughty
from tests.hostile.wire import WITHIN_S, add_feed, enriched, feed_state, nothing_is_left_over
from tests.ingest.push.hub_server import Hub

_HOST, _PATH = "pushed.example", "/pushed.xml"
_LARGE = ("word", "date", "category", "guid")
_DEEP = 200_000
_REFUSED = {
    "nothing": b"",
    "zeros": b"\x00" * 100_000,
    "no feed": b"<html><script>ran()</script></html>",
    "cut off": b"<rss version='2.0'><channel><title>cut",
    "elements inside each other": rss([entry("deep", "<x>" * _DEEP + "</x>" * _DEEP)]),
    "an entity": b"<!DOCTYPE rss [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><rss><channel>&a;</channel></rss>",
}


@contextmanager
def _receiver(came: list[tuple[dict[str, str], bytes]]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            came.append((headers, self.rfile.read(int(headers["content-length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def hub(scene: Scene) -> Iterator[Hub]:
    """A feed that has a hub, which is believed."""
    with Hub().running() as hub:
        add_feed(scene, _PATH, "application/rss+xml", _with_hub(rss([], host=_HOST), hub))

        def active(_wire: object) -> bool:
            push = feed_state(scene, _PATH)["push"]
            return bool(push) and push["status"] == "active"

        scene.wire.until(active, WITHIN_S)
        yield hub


def _with_hub(body: bytes, hub: Hub) -> bytes:
    link = f"<link xmlns='http://www.w3.org/2005/Atom' rel='hub' href='{hub.url}'/></channel>"
    return body.replace(b"</channel>", link.encode())


def _delivered() -> dict[str, str]:
    """Entries by the name that their address ends with: monsters, markup that stands too deep, and every string."""
    large = {name: monsters()[name].replace("monsters.example", _HOST) for name in _LARGE}
    large["deep"] = entry("deep", f"<description><![CDATA[{'<div>' * 50_000}bottom]]></description>", host=_HOST)
    strings = {
        str(number): entry(str(number), f"<description>{escape(text)}</description>", title=escape(text), host=_HOST)
        for number, text in enumerate(naughty())
        if can_be_sent(text)
    }
    return large | strings


def _name(article: dict[str, Any]) -> str:
    name: str = article["url"].rpartition("/")[2] if article["url"] else "guid"
    return name


def test_what_a_hub_delivers_is_served_and_sent_on(scene: Scene, hub: Hub) -> None:
    came: list[tuple[dict[str, str], bytes]] = []
    with _receiver(came) as url:
        search = scene.wire.http.post("/v1/searches", json={"name": "Pushed", "q": f"source:{_HOST}"}).json()
        address = search["links"]["self"]
        webhook = scene.wire.http.post(f"{address}/webhooks", json={"url": url, "types": ["article"]})
        entries, secret = _delivered(), webhook.raise_for_status().json()["secret"]
        forged = rss([entry("forged", "", host=_HOST)], host=_HOST)
        assert hub.deliver(_with_hub(forged, hub), secret="another") == [202]
        body = _with_hub(rss(list(entries.values()), host=_HOST), hub)
        scene.feeds.documents[_PATH] = ("application/rss+xml", body)  # for where reading the delivery takes too long
        assert hub.deliver(body) == [202]
        served = {_name(article): article for article in enriched(scene, len(entries), source=_HOST)}
        assert served.keys() == entries.keys()
        scene.wire.until(lambda _wire: len(came) >= len(entries), WITHIN_S)
        for headers, body in came:
            event = Webhook(secret).verify(body, headers)
            article = event["data"]
            name = _name(article)
            assert article["title"] == served[name]["title"]
            assert len(article["title"]) <= TITLE
            assert len(article.get("categories") or ()) <= LISTED
            assert len(body) < 100_000, name
            if name.isdecimal() and not {"<", "&"} & set(naughty()[int(name)]):
                text = cleaned(as_windows(naughty()[int(name)].strip()))
                assert not text or article["title"] == text
        assert len({headers["webhook-id"] for headers, _body in came}) == len(entries)
        assert scene.wire.http.delete(address).status_code == httpx.codes.NO_CONTENT
    whole = scene.wire.get(f"/v1/articles/{served['deep']['id']}")
    assert whole["text"] == "bottom"
    assert len(served["category"]["title"]) < len(SENTENCE)


def test_what_cannot_be_read_is_polled_instead_and_changes_nothing(scene: Scene, hub: Hub) -> None:
    before = [one["id"] for one in scene.wire.every_article(source=_HOST)]
    assert hub.deliver(b"x" * 2_100_000)[0] == httpx.codes.REQUEST_ENTITY_TOO_LARGE
    polls = len(scene.feeds.requests)
    for body in _REFUSED.values():
        assert hub.deliver(body)[0] in (httpx.codes.ACCEPTED, httpx.codes.BAD_REQUEST)
    scene.wire.until(lambda _wire: len(scene.feeds.requests) > polls, WITHIN_S)
    scene.wire.until(lambda _wire: nothing_is_left_over(scene), WITHIN_S)
    state = feed_state(scene, _PATH)
    assert (state["status"], state["reason"], state["push"]["refused"]) == ("active", None, 1)
    assert [one["id"] for one in scene.wire.every_article(source=_HOST)] == before
