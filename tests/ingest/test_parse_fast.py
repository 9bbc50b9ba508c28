"""The fast reader finds what feedparser finds, or hands over with a reason."""

import html
from pathlib import Path

import pytest

from services.ingest.parse.feedparser_reader import read_raw
from services.ingest.parse.tree_reader import read_tree
from services.ingest.parse.well_formed import Doubt
from services.ingest.parse.xml_feed import feed_from
from tests.conftest import CORPORA
from tests.ingest.feeds import URL, atom, item, rss
from tests.ingest.test_corpora import unpacked

RDF = (
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
    b'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://e.example/"><title>Harbour</title>'
    b"<link>https://e.example/</link></channel>"
    b'<item rdf:about="https://e.example/1"><title>a</title><link>https://e.example/1</link><dc:date>2026</dc:date>'
    b"<dc:subject>Ferries</dc:subject></item></rdf:RDF>"
)
ATOM_03 = (
    b'<feed version="0.3" xmlns="http://purl.org/atom/ns#" xml:lang="en"><title>t</title><entry><title>a</title>'
    b'<issued>2003</issued><modified>2004</modified><content type="text/html" mode="escaped">&lt;p&gt;x</content>'
    b"</entry></feed>"
)
ENTRIES = {
    "two descriptions": "<description>one</description><description>two &lt;b&gt;2&lt;/b&gt;</description>",
    "content first": "<content:encoded><![CDATA[<p>A <i>text</i></p>]]></content:encoded><description>x</description>",
    "itunes": '<itunes:author>Jo</itunes:author><itunes:summary>s</itunes:summary><itunes:image href="/i.png"/>'
    '<itunes:keywords>a, b</itunes:keywords><itunes:category text="Arts"><itunes:category text="Food"/>'
    "</itunes:category>",
    "media": '<media:group><media:content url="/a.jpg" medium="image"><media:title>m</media:title></media:content>'
    '<media:thumbnail url="/t.jpg"/><media:description>d</media:description></media:group>',
    "mail addresses": "<author>jo@e.org (Jo Berg)</author><dc:creator>Ines &lt;i@e.org&gt;</dc:creator>",
    "late title": "<media:title>m</media:title><title>the title</title><dc:title>d</dc:title>",
    "late link": "<guid>https://e.example/g</guid><link>/l?a=1&amp;b=2</link>",
    "no permalink": '<guid isPermaLink="false">https://e.example/g</guid>',
    "dates": "<pubDate>x</pubDate><dc:date>y</dc:date><dcterms:created>z</dcterms:created><pubDate/>",
    "source": '<title>a</title><source url="https://o.example/feed">Other</source>',
    "wrong charset": "<title>caf\u00c3\u00a9 \u0093quoted\u0094</title>",
    "unknown names": "<x:rating xmlns:x='urn:x' x:y='1'><x:title>no</x:title></x:rating><title>a</title>",
    "base and language": "<link xml:base='https://b.example/c/'>d</link><title xml:lang='de_AT'>a</title>",
}
ATOMS = {
    "xhtml": '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">a <b>b</b> &lt;</div></title>'
    '<content type="xhtml"><x:div xmlns:x="http://www.w3.org/1999/xhtml"><x:p>1<x:br/>2</x:p></x:div></content>',
    "people": "<author><name>Jo</name><email>j@e.example</email></author><author><name>Ines</name></author>",
    "links": '<link href="a"/><link rel="enclosure" href="a.mp3" length="7"/>'
    '<link rel="alternate" type="text/plain" href="b"/>',
    "categories": '<category term="a" label="A"/><category term="b"/><category>c</category>',
    "source": "<source><title>Other</title><id>urn:x</id><link href='https://o.example/'/></source><title>a</title>",
    "no type": "<summary>a &amp;lt; b</summary><id>https://e.example/1</id>",
}
BODIES = (
    {f"RSS, {name}": rss(body) for name, body in ENTRIES.items()}
    | {f"Atom, {name}": atom(body) for name, body in ATOMS.items()}
    | {"RDF": RDF, "Atom 0.3": ATOM_03, "no entry": rss(channel="<title>t</title>"), "many": rss(*map(item, range(5)))}
)


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_finds_what_feedparser_finds(body: bytes) -> None:
    for name, address in (
        ("itunes", "http://www.itunes.com/DTDs/PodCast-1.0.dtd"),
        ("dcterms", "http://purl.org/dc/terms/"),
        ("content", "http://purl.org/rss/1.0/modules/content/"),
        ("media", "http://search.yahoo.com/mrss/"),
    ):
        if b"<rss" in body and f"xmlns:{name}=".encode() not in body:
            body = body.replace(b"<rss", f'<rss xmlns:{name}="{address}"'.encode(), 1)
    fast = feed_from(read_tree(body, url=URL, content_type=None), URL)
    slow = feed_from(read_raw(body, url=URL, content_type=None), URL)
    assert fast == slow
    assert slow.title or slow.entries


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'<!DOCTYPE rss [<!ENTITY a "b">]>' + rss(item(1)), "document type"),
        (b'<!doctype rss SYSTEM "x.dtd">' + rss(item(1)), "document type"),
        (rss("<title>a < b</title>"), "broken"),
        (rss(item(1)) + rss(item(2)), "broken"),
        (rss("<nowhere:title>a</nowhere:title>"), "unbound prefix"),
        (rss(item(1))[:-9], "broken"),
        (b"junk " + rss(item(1)), "broken"),
        ("<rss version='2.0'><channel><title>é</title></channel></rss>".encode("latin-1"), "charset"),
        (b"<?xml version='1.0' encoding='big5'?><rss><channel><title>\xa4\xa4</title></channel></rss>", "charset"),
        (rss("<description><b>bold</b></description>"), "elements"),
        (rss("<image><url>/a.png</url></image>"), "<image>"),
        (atom('<content type="image/png">aGFsbG8=</content>'), "image/png"),
        (b"<html><body/></html>", "root"),
        (rss("<x>" * 200 + "</x>" * 200), "nested"),
    ],
)
def test_hands_over_what_is_in_doubt(body: bytes, reason: str) -> None:
    with pytest.raises(Doubt, match=reason):
        read_tree(body, url=URL, content_type=None)


MENDED = {
    "a bare ampersand": rss("<title>Fish & chips</title><link>https://e.example/?a=1&b=2</link>"),
    "names of characters": rss("<title>caf&eacute;&nbsp;&hellip;</title><description>&lt;p&gt;&euro; 5</description>"),
    "an unknown name": rss("<title>a &nothing; b</title>"),
    "only outside CDATA": rss("<title>a & b</title><description><![CDATA[<p>c &amp; d &eacute;</p>]]></description>"),
    "junk after the end": rss(item(1)) + b"<!-- made in 0.1 s -->\n<script>x()</script>",
    "both": rss("<title>Fish & chips</title>") + b"junk",
}


@pytest.mark.parametrize("body", MENDED.values(), ids=MENDED)
def test_mends_what_can_be_meant_in_one_way_only(body: bytes) -> None:
    fast = feed_from(read_tree(body, url=URL, content_type=None), URL)
    slow = feed_from(read_raw(body, url=URL, content_type=None), URL)
    assert fast.entries == slow.entries
    assert fast.problems
    assert all("its XML is broken" in problem for problem in fast.problems)


def test_declared_latin_1_is_in_doubt_only_where_the_server_says_something_else() -> None:
    body = "<?xml version='1.0' encoding='iso-8859-1'?><rss><channel><title>é</title></channel></rss>".encode("latin-1")
    assert read_tree(body, url=URL, content_type="text/xml").feed["title"] == "é"
    with pytest.raises(Doubt, match="charset"):
        read_tree(body, url=URL, content_type="text/xml; charset=windows-1251")


def test_utf_16_is_read_and_so_is_utf_8_that_says_it_were_utf_16() -> None:
    text = "<?xml version='1.0' encoding='utf-16'?><rss><channel><title>é…</title></channel></rss>"
    for body in (text.encode("utf-16"), text.encode()):
        assert read_tree(body, url=URL, content_type=None).feed["title"] == "é…"


@pytest.mark.skipif(not CORPORA.exists(), reason="the corpora are not here")
def test_captured_feeds_are_read_alike_and_hardly_ever_handed_over(tmp_path: Path) -> None:
    paths = [path for path in unpacked("feeds", tmp_path) if path.parent.name == "captured"]
    handed_over = 0
    for path in paths:
        body = path.read_bytes()
        try:
            fast = read_tree(body, url=URL, content_type=None)
        except Doubt:
            handed_over += 1
            continue
        slow = read_raw(body, url=URL, content_type=None)
        if fast.problems:  # feedparser does not know all names of characters
            for entry in slow.entries:
                entry["title"] = html.unescape(entry["title"])
        fast.problems.clear()
        slow.problems.clear()  # also the note that UTF-8 was declared to be UTF-16
        assert feed_from(fast, URL) == feed_from(slow, URL), path.name
    assert handed_over < 0.03 * len(paths)
