"""Which hubs a feed names, by headers and by every format."""

import json

import pytest

from services.ingest.push.discovery import Offer, offered
from tests.ingest.feeds import URL, atom, item, parsed, rss

HUB, OTHER, TOPIC = "https://hub.example/", "https://other.example/hub", "https://harbour-courier.example/all.xml"
ATOM = 'xmlns:atom="http://www.w3.org/2005/Atom"'


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([f'<{HUB}>; rel="hub", <{TOPIC}>; rel="self"'], Offer((HUB,), TOPIC)),
        ([f"<{HUB}>; rel=hub", f"<{TOPIC}>;rel=self"], Offer((HUB,), TOPIC)),
        ([f'<{HUB}>; title="a, b"; rel="alternate HUB"; x=1, </all.xml>; rel=self'], Offer((HUB,), TOPIC)),
        ([f"<{HUB}>; rel=hub, <{OTHER}>; rel=hub, <{HUB}>; rel=hub"], Offer((HUB, OTHER), URL)),
        (["<ftp://hub.example/>; rel=hub", "<javascript:x>; rel=hub", "<http://[>; rel=self"], Offer((), URL)),
        (["<", ">;;;,,", "<a", "rel=hub", f"<{HUB}>; rels=hub"], Offer((), URL)),
        ([], Offer((), URL)),
    ],
    ids=["one header", "two headers", "relations", "several hubs", "no web address", "nonsense", "nothing"],
)
def test_link_headers(headers: list[str], expected: Offer) -> None:
    assert offered(headers, (), None, URL) == expected


def test_headers_go_before_the_document() -> None:
    headers = [f"<{HUB}>; rel=hub", f"<{TOPIC}>; rel=self"]
    assert offered(headers, (OTHER,), "https://e.example/", URL) == Offer((HUB, OTHER), TOPIC)


LINKS = f'<atom:link rel="hub" href="{HUB}"/><atom:link rel="self" href="{TOPIC}"/>'


@pytest.mark.parametrize(
    "body",
    [
        rss(item(1), channel=f"<title>E</title>{LINKS}").replace(b"<rss ", f"<rss {ATOM} ".encode()),
        rss(item(1), channel=f"<title>E</title>{LINKS} &nbsp;").replace(b"<rss ", f"<rss {ATOM} ".encode()),
        atom(feed=LINKS.replace("atom:", "") + "<title>E</title>"),
        json.dumps({
            "version": "https://jsonfeed.org/version/1.1", "title": "E", "items": [], "feed_url": TOPIC,
            "hubs": [{"type": "rssCloud", "url": OTHER}, {"type": "WebSub", "url": HUB}, {"type": "WebSub"}, 7],
        }).encode(),
    ],
    ids=["RSS", "RSS, broken", "Atom", "JSON Feed"],
)  # fmt: skip
def test_every_format_names_its_hub_and_itself(body: bytes) -> None:
    feed = parsed(body)
    assert (feed.hubs, feed.self_url) == ((HUB,), TOPIC)


def test_a_feed_without_a_hub_names_none() -> None:
    assert parsed(rss(item(1))).hubs == ()
