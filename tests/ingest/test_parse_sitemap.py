"""News sitemaps to entries."""

import pytest

from services.ingest.parse import NotAFeed
from tests.ingest.feeds import parsed

OPEN = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
    'xmlns:n="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">'
)
PAGE = "<url><loc>https://e.example/about</loc><lastmod>2026-02-01</lastmod></url>"
NEWS = (
    "<url><loc> https://e.example/1 </loc><n:news><n:publication><n:name>Harbour Courier</n:name>"
    "<n:language>en</n:language></n:publication><n:publication_date>2026-03-01T08:00Z</n:publication_date>"
    "<n:title>Ferry &amp; fog</n:title><n:keywords>Ferries, Fog</n:keywords></n:news>"
    "<image:image><image:loc>/1.jpg</image:loc></image:image></url>"
)


def test_pages_with_news_are_entries() -> None:
    feed = parsed(f"{OPEN}{PAGE}{NEWS}</urlset>".encode())
    (entry,) = feed.entries
    assert feed.format == "News sitemap"
    assert (entry.url, entry.guid, entry.title) == ("https://e.example/1", "https://e.example/1", "Ferry & fog")
    assert (entry.published, entry.published_field) == ("2026-03-01T08:00Z", "news:publication_date")
    assert (entry.language, entry.categories) == ("en", ("Ferries", "Fog"))
    assert entry.image == "https://harbour-courier.example/1.jpg"


INDEX = (
    '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    "<sitemap><loc>https://e.example/pages.xml</loc><lastmod>2026-03-05</lastmod></sitemap>"
    "<sitemap><loc>https://e.example/older.xml</loc><lastmod>2026-03-01T08:00Z</lastmod></sitemap>"
    "<sitemap><loc>https://e.example/oldest.xml</loc></sitemap>"
    "<sitemap><loc>/google-news.xml</loc><lastmod>2026-02-01</lastmod></sitemap>"
    "<sitemap><loc>javascript:alert(1)</loc><lastmod>2026-09-01</lastmod></sitemap></sitemapindex>"
)


def test_an_index_of_sitemaps_is_refused_with_what_to_add_instead() -> None:
    with pytest.raises(NotAFeed) as refused:
        parsed(INDEX.encode())
    assert refused.value.reason.endswith(
        "news sitemaps instead: https://harbour-courier.example/google-news.xml, https://e.example/pages.xml, "
        "https://e.example/older.xml"
    )


def test_a_broken_index_of_sitemaps_is_still_named() -> None:
    with pytest.raises(NotAFeed, match="an index of sitemaps"):
        parsed(INDEX[:-9].encode())


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (f"{OPEN}{PAGE}</urlset>", "a sitemap without news"),
        (f"{OPEN}{NEWS}", "a sitemap that cannot be read: .*broken"),
    ],
)
def test_a_sitemap_without_news_or_broken_is_refused(body: str, reason: str) -> None:
    with pytest.raises(NotAFeed, match=reason):
        parsed(body.encode())
