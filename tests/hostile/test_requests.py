"""Every string that breaks software, wherever a request can have one: it is understood, or refused with a reason."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest

from services.api.access.keys import new_key
from services.api.access.scopes import Scope
from services.api.access.store import KeyStore
from services.wire.process import utc_now
from tests.conftest import ADMIN_KEY
from tests.hostile.conftest import Scene
from tests.hostile.strings import can_be_sent, cleaned, naughty
from tests.hostile.wire import WITHIN_S, nothing_is_left_over

_PROBLEM = "application/problem+json"
_PARAMETERS = {
    "/v1/articles": ("q", "tag", "source", "feed", "lang", "story", "since", "cursor", "fields", "limit", "sort"),
    "/v1/articles.atom": ("q", "cursor"),
    "/v1/headlines": ("tag", "format"),
    "/v1/stories": ("q", "place", "cursor"),
    "/v1/facets": ("q", "by"),
    "/v1/tags/trending": ("hours",),
    "/v1/quarantine": ("stream", "reason", "before"),
    "/v1/stream": ("since", "types"),
    "/": ("q", "tag"),
}
_PLACES = (
    "/v1/{}", "/v1/articles/{}", "/v1/articles/{}/revisions", "/v1/stories/{}", "/v1/feeds/{}", "/v1/searches/{}",
    "/v1/quarantine/{}", "/v1/push/{}/{}", "/articles/{}", "/stories/{}", "/{}", "/static/{}",
)  # fmt: skip
_HEADERS = ("Accept", "If-None-Match", "Last-Event-ID", "Accept-Encoding", "Authorization", "Cookie", "X-Forwarded-For")


class Line:
    """A connection on which bytes are sent as they are."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)

    def get(self, target: bytes, *headers: bytes) -> tuple[int, str, bytes]:
        """Status, media type and body. The connection is made anew where the server has closed it."""
        own = (b"Host: 127.0.0.1", b"Authorization: Bearer " + ADMIN_KEY.encode())
        given = {header.split(b":")[0].lower() for header in headers}
        sent = [header for header in own if header.split(b":")[0].lower() not in given]
        self._socket.sendall(b"\r\n".join((b"GET " + target + b" HTTP/1.1", *sent, *headers, b"", b"")))
        answer = HTTPResponse(self._socket)
        answer.begin()
        kind = answer.headers.get_content_type()
        endless = kind in {"text/event-stream", "application/x-ndjson"}
        body = b"" if endless else answer.read()
        if endless or answer.will_close:
            self._socket.close()
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=60)
        return answer.status, kind, body

    def close(self) -> None:
        self._socket.close()


@pytest.fixture(scope="module")
def line(scene: Scene) -> Iterator[Line]:
    line = Line(scene.wire.port)
    yield line
    line.close()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _understood(status: int, kind: str, body: bytes) -> bool:
    """Pages are told of in HTML; text comes for files that are not there, and from the server of HTTP itself."""
    if 400 <= status < 500:
        return kind in ("text/html", "text/plain") or (kind == _PROBLEM and bool(json.loads(body)["detail"]))
    return 200 <= status < 400


@pytest.mark.parametrize("place", _PARAMETERS)
def test_as_a_parameter(line: Line, place: str) -> None:
    names = _PARAMETERS[place]
    for number, text in enumerate(naughty()):
        # All get all, but each string is one parameter of an address at a time, and every second one in turn.
        for name in names if place == "/v1/articles" else names[number % len(names) :][:1]:
            if name in ("limit", "sort", "fields") and number % 4:
                continue
            answer = line.get(f"{place}?{name}=".encode() + quote(_bytes(text)).encode())
            assert _understood(*answer), (name, text, answer)


def test_as_part_of_an_address(line: Line) -> None:
    for number, text in enumerate(naughty()):
        for place in _PLACES[number % 4 :: 4]:
            answer = line.get(place.replace("{}", quote(_bytes(text), safe="")).encode())
            assert _understood(*answer), (place, text, answer)


def test_as_a_header(line: Line) -> None:
    for number, text in enumerate(naughty()):
        name = _HEADERS[number % len(_HEADERS)]
        address = b"/v1/stream" if name == "Last-Event-ID" else b"/v1/headlines"
        value = _bytes(text).replace(b"\r\n", b" ").replace(b"\n", b" ").replace(b"\r", b" ")
        status, kind, body = line.get(address, name.encode() + b": " + value)
        assert _understood(status, kind, body), (name, text, status, body)


@contextmanager
def _posting(scene: Scene) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=scene.wire.http.base_url, headers=scene.wire.http.headers, timeout=60, trust_env=False
    ) as client:
        yield client


def _sent(client: httpx.Client, method: str, path: str, document: object) -> httpx.Response:
    answer = client.request(
        method, path, content=json.dumps(document).encode(), headers={"Content-Type": "application/json"}
    )
    kind = answer.headers.get("content-type", "").partition(";")[0]
    assert _understood(answer.status_code, kind, answer.content), (path, document, answer.status_code, answer.text)
    return answer


def test_as_the_name_of_a_search_the_url_of_its_webhook_and_its_query(scene: Scene) -> None:
    strings = naughty()
    with _posting(scene) as client:
        kept = _sent(client, "POST", "/v1/searches", {"name": "x", "q": "harbour"}).json()["links"]["self"]
        for text in strings:
            renamed = _sent(client, "PATCH", kept, {"name": text})
            if renamed.is_success:
                assert renamed.json()["name"] == cleaned(text)
            else:
                assert not cleaned(text) or len(text) > 200 or not can_be_sent(text), text
            _sent(client, "PATCH", kept, {"q": text})
            hook = _sent(client, "POST", f"{kept}/webhooks", {"url": text})
            if hook.is_success:
                assert client.delete(hook.headers["Location"]).is_success
        assert client.delete(kept).is_success


def test_as_the_url_title_and_tag_of_a_feed(scene: Scene) -> None:
    """Our own server has none of these feeds."""
    added = []
    with _posting(scene) as client:
        for text in naughty():
            if "://" not in text:  # whose server is not ours
                _sent(client, "POST", "/v1/feeds", {"url": text})
            told = {"url": scene.feeds.url(f"/{quote(_bytes(text), safe='')}"), "title": text, "tags": [text]}
            answer = _sent(client, "POST", "/v1/feeds", told)
            if answer.status_code == httpx.codes.ACCEPTED:
                added.append((answer.json()["links"]["self"], text))
            else:
                assert not cleaned(text) or len(text) > 200 or not can_be_sent(text), (text, answer.text)
        assert len(added) > len(naughty()) // 2
        scene.wire.until(lambda _wire: all(client.get(one).is_success for one, _ in (added[0], added[-1])), WITHIN_S)
        states = {state["links"]["self"]: state for state in client.get("/v1/feeds").json()["feeds"]}
        for address, text in added:
            state = states[address]
            assert (state["title"], state["tags"]) == (cleaned(text), [cleaned(text)])
        exported = client.get("/v1/feeds.opml")
        assert exported.is_success
        again = client.post("/v1/feeds.opml", content=exported.content, headers={"Content-Type": "text/x-opml"}).json()
        assert (again["added"], again["refused"]) == (0, [])
    scene.wire.until(lambda _wire: nothing_is_left_over(scene), WITHIN_S)


def test_as_the_title_of_a_story(scene: Scene) -> None:
    with _posting(scene) as client:
        for text in naughty():
            answer = _sent(client, "PATCH", f"/v1/stories/{uuid4()}", {"title": text})
            understood = bool(cleaned(text)) and len(text) <= 300 and can_be_sent(text)
            assert answer.status_code == (404 if understood else 422), text


def test_as_the_name_of_a_key(scene: Scene) -> None:
    with KeyStore(scene.wire.folder / "keys.db") as store:
        for text in naughty()[:200]:
            name = text if can_be_sent(text) else cleaned(text)
            key, secret = new_key(name, [Scope.READ], utc_now(), None)
            store.add(key, secret)
            assert key.name in {one.name for one in store.every()}
