"""RSS, RDF and Atom to entries."""

import pytest

from services.ingest.parse import EntrySource, FoundEnclosure, parse_feed
from tests.ingest.feeds import URL, atom, item, only_entry, parsed, rss


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (rss(item(1)), "RSS 2.0"),
        (b'<rss version="0.91"><channel><item><title>a</title></item></channel></rss>', "RSS 0.91 (Userland)"),
        (b'<rss version="0.92"><channel><item><title>a</title></item></channel></rss>', "RSS 0.92"),
        (
            b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
            b"<channel><title>t</title></channel><item><title>a</title></item></rdf:RDF>",
            "RSS 1.0",
        ),
        (b'<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>a</title></entry></feed>', "Atom 0.3"),
        (atom("<title>a</title>"), "Atom 1.0"),
    ],
)
def test_reads_every_version(body: bytes, name: str) -> None:
    feed = parsed(body)
    assert (feed.format, len(feed.entries)) == (name, 1)


def test_reads_what_the_channel_says_of_itself() -> None:
    channel = (
        "<title>The &amp;amp; Courier</title><link>/home</link><language>en-gb</language><ttl>15</ttl>"
        '<link xmlns="http://www.w3.org/2005/Atom" rel="self" href="https://harbour-courier.example/rss"/>'
    )
    feed = parsed(rss(channel=channel))
    assert feed.title == "The & Courier"
    assert feed.site == "https://harbour-courier.example/home"
    assert feed.self_url == "https://harbour-courier.example/rss"
    assert (feed.language, feed.ttl_minutes) == ("en-gb", 15)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Ferry &amp; ferry", "Ferry & ferry"),
        ("Ferry &amp;amp; ferry", "Ferry & ferry"),
        ("<![CDATA[Ferry <b>fast</b>]]>", "Ferry fast"),
        ("<![CDATA[a < b and c > d]]>", "a < b and c > d"),
        ("<![CDATA[I <3 <em>ferries</em>]]>", "I <3 ferries"),
        ("<![CDATA[Caf&eacute; &#8217;s]]>", "Café ’s"),
        ("  two\n  lines ", "two lines"),
        ("<![CDATA[<script>alert(1)</script>Safe]]>", "Safe"),
        ("bell\u0007 &#7;&#xFFFE;rings", "bell rings"),
        ("2&#x1F600;", "2\U0001f600"),
    ],
)
def test_a_title_is_one_line_of_plain_text(title: str, text: str) -> None:
    assert only_entry(rss(f"<title>{title}</title>")).title == text


def test_an_atom_title_of_type_text_is_taken_literally() -> None:
    assert only_entry(atom('<title type="text">Use &lt;b&gt; &amp;amp; rest</title>')).title == "Use <b> &amp; rest"
    assert only_entry(atom('<title type="html">Use &lt;b&gt;bold&lt;/b&gt;</title>')).title == "Use bold"


@pytest.mark.parametrize(
    ("body", "dates"),
    [
        (rss("<title>a</title><pubDate>Sun, 1 Mar 2026</pubDate>"), ("Sun, 1 Mar 2026", "pubDate", None, None)),
        (rss("<title>a</title><dc:date>2026-03-01</dc:date>"), ("2026-03-01", "dc:date", None, None)),
        (
            rss("<title>a</title><pubDate>gestern</pubDate><dc:date>2026</dc:date>"),
            ("gestern", "pubDate", "2026", "dc:date"),
        ),
        (
            atom("<title>a</title><published>2026-03-01T08:00Z</published><updated> 2026-03-02 </updated>"),
            ("2026-03-01T08:00Z", "published", "2026-03-02", "updated"),
        ),
        (atom("<title>a</title><updated>2026-03-02</updated>"), (None, None, "2026-03-02", "updated")),
        (
            b'<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>a</title><issued>2003</issued>'
            b"<modified>2004</modified></entry></feed>",
            ("2003", "issued", "2004", "modified"),
        ),
        (rss("<title>a</title>"), (None, None, None, None)),
    ],
)
def test_dates_stay_the_feeds_own_strings_with_the_element_they_stood_in(body: bytes, dates: tuple[str, ...]) -> None:
    entry = only_entry(body)
    assert (entry.published, entry.published_field, entry.updated, entry.updated_field) == dates


def test_people_and_categories_are_listed_once() -> None:
    entry = only_entry(
        rss(
            "<title>a</title><dc:creator>Ines Holm</dc:creator><dc:creator>Jo Berg</dc:creator>"
            "<category>Transport</category><category> Transport </category><category>Harbour</category>"
        )
    )
    assert entry.authors == ("Ines Holm", "Jo Berg")
    assert entry.categories == ("Transport", "Harbour")


def test_an_atom_entry_without_author_has_the_feeds() -> None:
    entry = only_entry(atom("<title>a</title>", feed="<title>t</title><author><name>Ines Holm</name></author>"))
    assert entry.authors == ("Ines Holm",)


def test_enclosures_and_pictures_are_kept_with_absolute_addresses() -> None:
    entry = only_entry(
        rss(
            '<title>a</title><enclosure url="/a.mp3" type="audio/mpeg" length="48213"/>'
            '<enclosure url="javascript:alert(1)"/><media:thumbnail url="/t.jpg"/>'
        )
    )
    assert entry.enclosures == (FoundEnclosure("https://harbour-courier.example/a.mp3", "audio/mpeg", 48213),)
    assert entry.image == "https://harbour-courier.example/t.jpg"


def test_an_entry_of_an_aggregator_names_its_source() -> None:
    entry = only_entry(rss('<title>a</title><source url="https://other.example/feed">Other Times</source>'))
    assert entry.source == EntrySource("Other Times", "https://other.example/feed")


def test_a_guid_is_a_link_only_where_it_is_a_whole_address() -> None:
    assert only_entry(rss("<title>a</title><guid>17</guid>")).url is None
    assert only_entry(rss("<title>a</title><guid>17</guid>")).guid == "17"
    assert only_entry(rss("<title>a</title><guid>https://e.example/17</guid>")).url == "https://e.example/17"
    assert only_entry(rss('<title>a</title><guid isPermaLink="false">https://e.example/17</guid>')).url is None


def test_xml_base_and_the_feeds_address_resolve_links() -> None:
    body = (
        b'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://e.example/x/"><title>t</title><entry>'
        b'<title>a</title><link href="y"/><content type="html">&lt;p&gt;&lt;a href="z"&gt;z&lt;/a&gt;&lt;/p&gt;'
        b"</content></entry></feed>"
    )
    entry = only_entry(body)
    assert entry.url == "https://e.example/x/y"
    assert entry.html == '<p><a href="https://e.example/x/z" rel="noopener noreferrer">z</a></p>'
    assert only_entry(rss("<title>a</title><link>/rel</link>")).url == "https://harbour-courier.example/rel"


@pytest.mark.parametrize(
    "body",
    [
        b"\n\n  " + rss(item(1)),
        b"junk before the prolog " + rss(item(1)),
        rss(item(1)).replace(b"</channel></rss>", b""),
        rss("<title>Fish & chips</title><guid>1</guid>"),
        rss("<title>caf&eacute;</title><guid>1</guid>"),
        rss(item(1)).replace(b"<guid>", b"\x0b<guid>"),
        rss(item(1)).replace(b'xmlns:dc="http://purl.org/dc/elements/1.1/"', b"") + b"<dc:date/>",
    ],
)
def test_broken_xml_is_read_and_said_to_be_broken(body: bytes) -> None:
    feed = parsed(body)
    assert [entry.guid for entry in feed.entries] == ["1"]


def test_says_what_was_wrong_with_a_feed_that_it_could_read() -> None:
    assert parsed(rss(item(1))).problems == ()
    assert "XML is broken" in parsed(rss(item(1))[:-20]).problems[-1]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<?xml version='1.0' encoding='iso-8859-1'?>{}".encode("latin-1"), None),
        ("{}".encode("latin-1"), "text/xml; charset=ISO-8859-1"),
        (b"{}", "text/xml; charset=iso-8859-1"),
        (b"{}", "text/xml"),
        ("\ufeff{}".encode("utf-16"), None),
        ("{}".encode("windows-1252"), None),
    ],
    ids=["declared", "in the header", "wrong in the header", "us-ascii by the letter", "utf-16", "undeclared"],
)
def test_any_charset_is_read(body: bytes, content_type: str | None) -> None:
    encoding = "utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8" if b"{}" in body else "latin-1"
    document = "<rss version='2.0'><channel><item><title>Café Müller</title></item></channel></rss>"
    wanted = {None: "latin-1", "text/xml; charset=ISO-8859-1": "latin-1"}.get(content_type, "utf-8")
    whole = body.decode(encoding).replace("{}", document).encode(encoding if encoding == "utf-16" else wanted)
    assert parse_feed(whole, url=URL, content_type=content_type).entries[0].title == "Café Müller"


def test_no_string_has_lone_surrogates_or_control_characters() -> None:
    entry = only_entry(rss("<title>a&#xD800;b&#7;c</title><description>x&#xDFFF;y</description><guid>&#xD83D;</guid>"))
    for value in (entry.title, entry.summary, entry.guid):
        (value or "").encode()
    assert "\x07" not in entry.title


def test_a_line_break_in_xhtml_is_one_break() -> None:
    xhtml = '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">one<br/>two</div></content>'
    for body in (atom(xhtml), atom(xhtml + "<title>&nbsp;</title>")):  # the second is for feedparser
        assert only_entry(body).text == "one\ntwo"


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("jo@e.example (Jo Berg)", "Jo Berg"),
        ("Jo Berg &lt;jo@e.example&gt;", "Jo Berg"),
        ("Jo Berg (mailto:jo@e.example)", "Jo Berg"),
        ("desk@e.example harbour (Jo Berg)", "harbour (Jo Berg)"),
        ("jo@e.example", "jo@e.example"),
    ],
)
def test_an_author_is_a_name_and_an_address_only_where_there_is_none(said: str, name: str) -> None:
    assert only_entry(rss(f"<title>a</title><author>{said}</author>")).authors == (name,)


def test_the_id_of_a_feed_is_not_its_site_and_an_empty_link_is_none() -> None:
    assert parsed(atom("<title>a</title>", feed="<id>https://e.example/feed</id><title>t</title>")).site is None
    assert only_entry(rss("<title>a</title><link></link>")).url is None
