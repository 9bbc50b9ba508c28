"""What is no feed is named, so that its owner knows what to do."""

import pytest

from services.ingest.parse import NotAFeed
from tests.ingest.feeds import parsed


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"<!DOCTYPE html><html><body>Hello</body></html>", "an HTML page"),
        (b"<!-- c --><html><body>Hello <p>not closed", "an HTML page"),
        ("\ufeff<!doctype HTML><p>".encode("utf-16"), "an HTML page"),
        (b"%PDF-1.7 \xe2\xe3", "a PDF"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"\x89PNG\r\n\x1a\n", "a PNG image"),
        (b"PK\x03\x04....", "a ZIP archive"),
        (b"<opml version='2.0'><body/></opml>", "an OPML list"),
        (b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'/>", "a sitemap"),
        (b"<note><to>you</to></note>", "root is <note>"),
        (b"Not found.", "plain text"),
        (b"\x00\x01\x02\x03" * 50, "binary data"),
    ],
)
def test_is_named(body: bytes, reason: str) -> None:
    with pytest.raises(NotAFeed, match=reason):
        parsed(body)


BOMB = b'<!DOCTYPE rss [<!ENTITY a "%s">%s]><rss version="2.0"><channel><item><title>&z;</title></item></channel></rss>'


def test_an_entity_bomb_does_not_explode() -> None:
    levels = b"".join(b'<!ENTITY %c "%s">' % (ord("b") + n, (b"&%c;" % (ord("a") + n)) * 10) for n in range(25))
    for entry in parsed(BOMB % (b"ha" * 20, levels)).entries:
        assert len(entry.title) < 1_000


def test_an_external_entity_is_not_read() -> None:
    body = (
        b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        b'<rss version="2.0"><channel><item><title>[&x;]</title></item></channel></rss>'
    )
    assert "root" not in parsed(body).entries[0].title
