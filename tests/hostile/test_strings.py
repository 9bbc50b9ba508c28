"""Every string that breaks software, through the whole wire: as title, tag, author, text and guid, by each way in."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import httpx
import pytest
from lxml import html

from tests.hostile.conftest import Scene
from tests.hostile.strings import as_windows, can_be_sent, cleaned, naughty
from tests.hostile.wire import WITHIN_S, add_feed, enriched, nothing_is_left_over, refused_with_a_reason

_ATOM = "{http://www.w3.org/2005/Atom}"


@dataclass(frozen=True)
class WayIn:
    """How the strings come. `served` has, by number of the string, the articles that came of them.

    `literal` says that a title is no HTML, so that it is the string itself.
    """

    host: str
    served: dict[int, dict[str, Any]]
    literal: bool


def submitted(scene: Scene) -> WayIn:
    taken = set()
    for number, text in enumerate(naughty()):
        article = {
            "url": f"https://submitted.example/{number}", "title": text, "text": text or "-", "authors": [text],
            "categories": [text, text], "summary": text, "source": {"name": "Submitted"},
        }  # fmt: skip
        body = json.dumps(article).encode()
        answer = scene.wire.http.post("/v1/articles", content=body, headers={"Content-Type": "application/json"})
        if answer.status_code == httpx.codes.ACCEPTED:
            taken.add(number)
        else:
            assert refused_with_a_reason(answer), (text, answer.text)
            assert not cleaned(text) or len(text) > 200 or not can_be_sent(text), (text, answer.text)
    return WayIn("submitted.example", _by_number(scene, "submitted.example", len(taken)), literal=True)


def json_feed(scene: Scene) -> WayIn:
    strings = naughty()
    entries = [
        {
            "id": f"{text}{number}", "url": f"https://json.example/{number}", "title": text, "content_text": text,
            "authors": [{"name": text}], "tags": [text], "summary": text, "language": text, "date_published": text,
        }
        for number, text in enumerate(strings)
    ]  # fmt: skip
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "\ud800Feed\x00", "items": entries}
    feed["home_page_url"] = "https://json.example/"
    add_feed(scene, "/naughty.json", "application/feed+json", json.dumps(feed).encode())
    return WayIn("json.example", _by_number(scene, "json.example", len(strings)), literal=False)


def atom_feed(scene: Scene) -> WayIn:
    strings = [(number, text) for number, text in enumerate(naughty()) if can_be_sent(text)]
    entries = "".join(
        f"<entry><id>{escape(text)}{number}</id><link href='https://atom.example/{number}'/>"
        f"<title type='text'>{escape(text)}</title><author><name>{escape(text)}</name></author>"
        f"<category term='x{number}' label=\"{escape(text, {chr(34): '&quot;'})}\"/>"
        f"<content type='text'>{escape(text)}</content><updated>{escape(text)}</updated></entry>"
        for number, text in strings
    )
    head = "<title>Feed</title><id>urn:x</id><link href='https://atom.example/'/>"
    feed = f"<?xml version='1.0' encoding='utf-8'?><feed xmlns='http://www.w3.org/2005/Atom'>{head}{entries}</feed>"
    add_feed(scene, "/naughty.atom", "application/atom+xml", feed.encode())
    return WayIn("atom.example", _by_number(scene, "atom.example", len(strings)), literal=True)


def _by_number(scene: Scene, host: str, count: int) -> dict[int, dict[str, Any]]:
    return {int(one["url"].rpartition("/")[2]): one for one in enriched(scene, count, source=host)}


@pytest.fixture(scope="module", params=[submitted, json_feed, atom_feed], ids=lambda way: way.__name__)
def way(request: pytest.FixtureRequest, scene: Scene) -> WayIn:
    take: Callable[[Scene], WayIn] = request.param
    return take(scene)


def _titles(way: WayIn) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each string with its title as served, where the two are to be the same."""
    for number, article in way.served.items():
        text = as_windows(naughty()[number].strip()) if way.host == "atom.example" else naughty()[number]
        if cleaned(text) and (way.literal or not {"<", "&"} & set(text)):
            yield cleaned(text), article["title"], article


def test_each_is_served_as_it_was_or_cleaned_as_the_documentation_says(scene: Scene, way: WayIn) -> None:
    assert [(text, title) for text, title, _article in _titles(way) if text != title] == []
    assert all(article["title"] for article in way.served.values())
    for number, article in way.served.items():
        whole, text = scene.wire.get(f"/v1/articles/{article['id']}"), cleaned(naughty()[number])
        assert "\x00" not in json.dumps(whole)
        if way.host == "atom.example" and as_windows(naughty()[number]) != naughty()[number]:
            continue  # other signs stand there then
        if text and len(text) <= 200 and (way.host != "atom.example" or not set('<>&@"') & set(text)):
            assert whole["categories"] == [text]
            if way.host != "atom.example":  # an address in a name of Atom's is taken out of it
                assert whole["authors"] == [text]
        if whole["text"] is not None and "<" not in text and "&" not in text:
            assert " ".join(whole["text"].split()) == (text or "-")


def test_it_can_be_found_by_its_tags(scene: Scene, way: WayIn) -> None:
    tags = {tag["slug"]: article["id"] for article in way.served.values() for tag in article["tags"]}
    assert len(tags) > 20
    for slug, article in list(tags.items())[::5]:
        assert article in {one["id"] for one in scene.wire.every_article(tag=slug)}, slug
    facets = scene.wire.get("/v1/facets", source=way.host, by="tag,source,language,hour")
    assert facets["counted"] == len(way.served)


@pytest.mark.parametrize("form", ["rss", "atom", "jsonfeed"])
def test_output_feeds_are_well_formed_and_say_the_same(scene: Scene, way: WayIn, form: str) -> None:
    served = sorted(article["title"] for article in way.served.values())
    assert sorted(_titles_of_feed(scene, f"/v1/articles.{form}?source={way.host}&limit=500", form)) == served


def _titles_of_feed(scene: Scene, address: str, form: str) -> Iterator[str]:
    following: str | None = address
    while following:
        answer = scene.wire.http.get(following).raise_for_status()
        if form == "jsonfeed":
            document = answer.json()
            yield from (entry["title"] for entry in document["items"])
            following = document.get("next_url")
            continue
        root = ElementTree.fromstring(answer.content)
        entries, title = ("channel/item", "title") if form == "rss" else (f"{_ATOM}entry", f"{_ATOM}title")
        yield from (entry.findtext(title) or "" for entry in root.findall(entries))
        links = {link.get("rel"): link.get("href") for link in root.iter(f"{_ATOM}link")}
        following = links.get("next")


@pytest.mark.parametrize("form", ["stream", "stream.ndjson"])
def test_the_live_stream_tells_of_each_in_frames_that_hold(scene: Scene, way: WayIn, form: str) -> None:
    expected = {article["id"]: article["title"] for article in way.served.values()}
    heard: dict[str, str] = {}
    with scene.wire.http.stream("GET", f"/v1/{form}?source={way.host}&since=2000-01-01", timeout=WITHIN_S) as answer:
        for event in _events(answer, form):
            assert event["id"] in expected, event
            heard[event["id"]] = event["title"]
            if heard.keys() == expected.keys():
                break
    assert heard == expected


def _events(answer: httpx.Response, form: str) -> Iterator[dict[str, Any]]:
    """The articles that are told. Lines end with a line feed and nothing else."""
    rest = b""
    for chunk in answer.iter_bytes():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            if form == "stream":
                field, _, value = line.partition(b": ")
                assert field in {b"", b"id", b"event", b"data", b"retry"}, line
                document = json.loads(value) if field == b"data" else None
            else:
                document = json.loads(line)["data"]
            if document is not None and "title" in document and "links" in document and "revision" in document:
                yield document


def test_pages_show_it_and_run_nothing(scene: Scene, way: WayIn) -> None:
    scripts = set()
    for text, title, article in list(_titles(way))[::3]:
        answer = scene.wire.http.get(article["links"]["page"])
        assert answer.status_code == httpx.codes.OK
        page = html.document_fromstring(answer.content)
        [heading] = page.xpath("//h1")
        assert cleaned(heading.text_content()) == cleaned(title), text
        scripts.add(len(page.xpath("//script")))
        assert not page.xpath("//*[@onerror or @onload or @onmouseover or @onfocus or @onclick]"), text
    assert len(scripts) == 1
    for address in (f"/?source={way.host}", "/feeds"):
        assert scene.wire.http.get(address).status_code == httpx.codes.OK
    assert scene.wire.get("/v1/stories", source=way.host, limit=100)["stories"]


def test_nothing_is_left_over(scene: Scene, way: WayIn) -> None:
    assert way.served
    scene.wire.until(lambda _wire: nothing_is_left_over(scene), WITHIN_S)
