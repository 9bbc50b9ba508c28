"""Entries that a feed still has are not read again, and nothing can be told from the result."""

import re
from pathlib import Path

import pytest

from services.ingest.parse import ParsedFeed, parse_feed
from services.ingest.parse.known_entries import KnownEntries
from services.ingest.parse.pieces import take_apart
from tests.conftest import CORPORA
from tests.ingest.feeds import URL, atom, item, rss
from tests.ingest.test_corpora import unpacked
from tests.ingest.test_parse_fast import ATOM_03, RDF

PLENTY = 2**30
RSS = rss(item(1), item(2), item(3))
ATOM = atom(
    '<title>a</title><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>x</p></div></content>',
    "<title>b</title><author><name>Ines</name></author>",
    feed="<title>t</title><author><name>Jo</name></author>",
)


def read(body: bytes, known: KnownEntries, url: str = URL) -> ParsedFeed:
    """Checks that it makes no difference what is known."""
    feed = parse_feed(body, url=url, known=known)
    assert feed == parse_feed(body, url=url)
    return feed


@pytest.mark.parametrize(
    ("body", "entries"), [(RSS, 3), (ATOM, 2), (RDF, 1), (ATOM_03, 1)], ids=["RSS", "Atom", "RDF", "Atom 0.3"]
)
def test_entries_are_known_the_next_time(body: bytes, entries: int) -> None:
    known = KnownEntries(PLENTY)
    first = read(body, known)
    assert len(known) == entries
    second = read(body, known)
    assert all(one is other for one, other in zip(first.entries, second.entries, strict=True))


def test_only_what_is_new_or_changed_is_read() -> None:
    known = KnownEntries(PLENTY)
    first = read(rss(item(1), item(2)), known)
    second = read(rss(item(3), item(1, "A new title"), item(2), channel="<title>New name</title>"), known)
    assert [entry.title for entry in second.entries] == ["Report number 3", "A new title", "Report number 2"]
    assert second.entries[2] is first.entries[1]
    assert len(known) == 4


@pytest.mark.parametrize(
    "changed",
    [
        ATOM.replace(b"<name>Jo<", b"<name>Ada<"),
        ATOM.replace(b"<feed ", b'<feed xml:lang="de" '),
        ATOM.replace(b"<feed ", b'<feed xml:base="https://other.example/" '),
        ATOM.replace(b"<title>t</title>", b'<title>t</title><link href="https://site.example/"/>'),
        ATOM.replace(b"<title>b", b'<link href="/x"/><title>b'),
    ],
    ids=["author", "language", "base", "site", "entry"],
)
def test_what_an_entry_takes_from_its_feed_counts(changed: bytes) -> None:
    known = KnownEntries(PLENTY)
    read(ATOM, known)
    read(changed, known)


def test_the_same_entry_at_another_address_is_another() -> None:
    known = KnownEntries(PLENTY)
    body = rss('<title>a</title><link>/1</link><description>&lt;a href="/2"&gt;x&lt;/a&gt;</description>')
    assert read(body, known).entries[0].url == "https://harbour-courier.example/1"
    assert read(body, known, "https://other.example/").entries[0].url == "https://other.example/1"


TRICKY = {
    "an end inside CDATA": rss("<title>a</title><description><![CDATA[</item><item>]]></description>", item(2)),
    "an entry inside CDATA": rss(item(1), "<description><![CDATA[<item><title>no</title></item>]]></description>"),
    "an entry inside a comment": rss(item(1), channel=f"<title>t</title><!--<item>{item(5)}</item>-->"),
    "an entry inside a description": rss(item(1), channel=f"<title>t</title><x><item>{item(5)}</item></x>"),
    "halves that fit": rss("<title>a</title><!--</item><item>--><guid>1</guid>", item(2)),
    "an empty entry": rss(item(1), channel="<title>t</title><item/>"),
    "an entry in an entry": rss(item(1), f"<x><item>{item(7)}</item></x>"),
    "a channel that says more": rss(item(1)).replace(b"<channel>", b'<channel xml:lang="de">'),
    "a channel that declares": rss("<d:creator>Jo</d:creator>").replace(
        b"<channel>", b'<channel xmlns:d="http://purl.org/dc/elements/1.1/">'
    ),
    "white space in an end": rss(item(1), item(2)).replace(b"</item>", b"</item >"),
    "entries outside the channel": rss(item(1)).replace(b"</channel>", f"</channel><item>{item(9)}</item>".encode()),
    "a comment before": b"<!-- <rss a='b'> -->" + RSS.partition(b"?>")[2],
    "unknown names": rss("<title xmlns='urn:x'>a</title>", "<x:title xmlns:x='urn:x'>b</x:title><title>c</title>"),
    "one unknown name": rss("<id xmlns='urn:x'>7</id><title>a</title>", "<id xmlns='urn:x'>8</id><title>c</title>"),
    "a version of its own": rss('<r:title xmlns:r="http://purl.org/rss/1.0/">a</r:title>', item(2)),
    "more in a tag's end": RSS.replace(b'version="2.0"', b'version="2.0" note="a>b"'),
    "bare ampersands": rss("<title>Fish & chips</title>", item(2)),
    "junk behind": RSS + b"<script>x</script>",
    "broken": RSS[:-20],
    "a doubt": rss("<title>a</title><image><url>/x</url></image>", item(2)),
    "another prefix": RSS.replace(b"item>", b"i:item>").replace(b"<rss ", b'<rss xmlns:i="urn:i" '),
    "an Atom entry": rss(item(1), channel="<title>t</title><entry><title>e</title></entry>"),
}


@pytest.mark.parametrize("body", TRICKY.values(), ids=TRICKY)
def test_no_document_is_read_differently(body: bytes) -> None:
    known = KnownEntries(PLENTY)
    for document in (body, RSS, body):
        read(document, known)


def test_a_feed_cannot_make_a_mark() -> None:
    pieces = take_apart(RSS, (), URL)
    assert pieces
    for guess in (b"<mark/>", b"<mark-0/>"):
        assert pieces.read([pieces.entries[0], guess]) is None or len(pieces.entries) == 3
    assert pieces.read([b"<item></item><item></item>"]) is None
    assert pieces.read([b"<item><!--</item>", b"<item>--></item>"]) is None
    assert pieces.read([b"</rss><rss>"]) is None


def test_memory_is_bounded_and_keeps_what_was_used_last() -> None:
    known = KnownEntries(30_000)
    read(rss(item(1)), known)
    for number in range(2, 60):
        read(rss(item(number)), known)
        read(rss(item(1)), known)
    assert 2 < len(known) < 20
    first = parse_feed(rss(item(1)), url=URL, known=known).entries[0]
    assert parse_feed(rss(item(1)), url=URL, known=known).entries[0] is first


@pytest.mark.skipif(not CORPORA.exists(), reason="the corpora are not here")
def test_captured_feeds_with_a_new_entry_are_read_as_without_a_memory(tmp_path: Path) -> None:
    known, taken_apart = KnownEntries(PLENTY), 0
    paths = [path for path in unpacked("feeds", tmp_path) if path.parent.name == "captured"]
    for path in paths:
        body = path.read_bytes()
        parse_feed(re.sub(rb"<(item|entry)[\s>].*?</\1>", b"", body, count=1, flags=re.DOTALL), url=URL, known=known)
        before = len(known)
        entries = read(body, known).entries
        taken_apart += len(entries) > 1 and len(known) - before <= 1 and before > 0
    assert taken_apart > 0.9 * len(paths)
