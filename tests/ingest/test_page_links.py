"""Where a web page may have feeds."""

import time

import pytest

from services.ingest.outcomes import Fetched
from services.ingest.page_links import is_page, offers, one_site

PAGE = "https://courier.example/"


def found(
    html: str, url: str = PAGE, content_type: str | None = None, encoding: str = "utf-8"
) -> list[tuple[str, str]]:
    page = Fetched(html.encode(encoding), url, content_type)
    return [(offer.how, offer.url) for offer in offers(page) if offer.how != "guessed"]


@pytest.mark.parametrize(
    ("html", "url"),
    [
        ('<link rel="alternate" type="application/rss+xml" href="/feed.xml">', "https://courier.example/feed.xml"),
        ("<LINK REL=Alternate TYPE=application/atom+xml HREF=atom>", "https://courier.example/atom"),
        ("<link href='//cdn.example/f?a=1&amp;b=2' type='application/feed+json; charset=utf-8' rel='home alternate'/>",
         "https://cdn.example/f?a=1&b=2"),
        ('<base href="https://other.example/x/"><link rel="alternate" type="text/xml" href="f">',
         "https://other.example/x/f"),
        ('<base href="/sub/"><link rel="feed" href="f#top">', "https://courier.example/sub/f"),
        ('<link\nrel="alternate"\n type="application/rdf+xml"\n href=" f.rdf "\n>', "https://courier.example/f.rdf"),
    ],
)  # fmt: skip
def test_what_a_page_declares_is_found(html: str, url: str) -> None:
    assert found(html) == [("declared", url)]


@pytest.mark.parametrize(
    "html",
    [
        '<link rel="alternate" hreflang="de" href="/de/">',
        '<link rel="stylesheet" type="text/css" href="/feed.css">',
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/8">',
        '<link rel="alternate" type="application/json+oembed" href="/o">',
        '<link rel="alternate" type="application/rss+xml">',
        '<link rel="alternate" type="application/rss+xml" href="">',
        '<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">',
        '<link rel="alternate" type="application/rss+xml" href="http://[bad/">',
        '<link rel="alternate" type="application/rss+xml" href="https://courier.example">',
        '<!-- <link rel="alternate" type="application/rss+xml" href="/f"> -->',
        "<script>'<link rel=alternate type=application/rss+xml href=/f>'</script>",
        '<!-- never closed <link rel="alternate" type="application/rss+xml" href="/f">',
    ],
)
def test_what_is_no_declared_feed_is_passed_over(html: str) -> None:
    assert found(html) == []


@pytest.mark.parametrize(
    ("href", "is_feed"),
    [
        ("/news.rss", True),
        ("/en/rss/world", True),
        ("/feed/", True),
        ("/?feed=rss2", True),
        ("/rss.php", True),
        ("https://feeds.courier.example/top", False),
        ("https://feeds.elsewhere.example/rss/top", True),
        ("https://reader.example/subscribe/feed/https://courier.example/f", False),
        ("/feedback", False),
        ("/about/rssi", False),
        ("/sitemap.xml", False),
        ("mailto:feed@courier.example", False),
    ],
)
def test_links_that_look_like_feeds_are_found(href: str, is_feed: bool) -> None:
    assert bool(found(f'<p><a class="x" href="{href}">RSS</a>')) is is_feed


def test_each_address_is_offered_once_by_its_best_kind_in_the_pages_order() -> None:
    html = (
        '<a href="/feed">RSS</a><link rel="alternate" type="application/rss+xml" href="/b" title=" The  b ">'
        '<link rel="alternate" type="application/atom+xml" href="/a"><a href="http://courier.example/feed/">again</a>'
        '<link rel="alternate" type="application/rss+xml" href="/b#x">'
    )
    offered = offers(Fetched(html.encode(), PAGE))
    assert [(offer.how, offer.url, offer.title) for offer in offered][:4] == [
        ("declared", "https://courier.example/b", "The b"),
        ("declared", "https://courier.example/a", None),
        ("linked", "https://courier.example/feed", None),
        ("guessed", "https://courier.example/rss", None),
    ]


def test_guesses_begin_below_the_pages_own_path() -> None:
    urls = [offer.url for offer in offers(Fetched(b"<html>", "https://courier.example/politics/?page=2"))]
    assert urls[:3] == [
        "https://courier.example/politics/feed",
        "https://courier.example/politics/rss.xml",
        "https://courier.example/feed",
    ]
    assert offers(Fetched(b"<html>", "https://courier.example/index.html"))[0].url == "https://courier.example/feed"


@pytest.mark.parametrize(
    ("encoding", "content_type"),
    [("utf-8", None), ("windows-1251", "text/html; charset=windows-1251"), ("latin-1", "text/html; charset=nonsense")],
)
def test_any_charset_gives_the_addresses(encoding: str, content_type: str | None) -> None:
    title = "Ленты" if encoding == "windows-1251" else "Füße"
    html = f'<p title="{title}"><link rel="alternate" type="application/rss+xml" href="/f">'
    assert found(html, content_type=content_type, encoding=encoding) == [("declared", "https://courier.example/f")]


@pytest.mark.parametrize("piece", ["<!--", "<script>", "<a ", '<link rel="', "<a href='", "<", "<a b=c\n", "<svg"])
def test_a_page_made_to_be_slow_is_read_in_linear_time(piece: str) -> None:
    page = Fetched(piece.encode() * (2_000_000 // len(piece)), PAGE)
    began = time.process_time()
    offers(page)
    assert time.process_time() - began < 5


def test_a_page_is_known_by_its_beginning() -> None:
    assert is_page(b"<!doctype HTML><title>x</title>")
    assert is_page(b"\n<!-- hello --><html lang='en'>")
    assert not is_page(b"<?xml version='1.0'?><rss/>")
    assert not is_page(b"{}")


def test_hosts_of_one_publisher_share_their_last_labels() -> None:
    assert one_site("https://www.courier.example/a", "https://feeds.courier.example/b")
    assert not one_site("https://courier.example/", "https://other.example/")
