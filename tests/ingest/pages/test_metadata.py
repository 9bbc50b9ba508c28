"""What pages say of their articles."""

import json
from typing import Any

import pytest

from services.contracts.articles import PageMetadata
from services.ingest.pages.document import Page, read_page
from tests.ingest.pages.articles import PAGE, page


def read(head: str, more: str = "") -> Page:
    return read_page(page(head=head, more=more), url=PAGE, robot="dateline")


def metadata(head: str, more: str = "") -> PageMetadata:
    return read(head, more).metadata


def ld(*nodes: Any) -> str:
    return "".join(f'<script type="application/ld+json">{json.dumps(node)}</script>' for node in nodes)


NEWS = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Report &amp; more",
    "datePublished": "2026-03-01T09:00:00+01:00",
    "dateModified": "2026-03-01T10:00:00+01:00",
    "author": [{"@type": "Person", "name": "Ada Quay"}, {"@type": "Person", "name": "Bo Pier"}],
    "image": {"@type": "ImageObject", "url": "/pier.jpg"},
    "publisher": {"@type": "Organization", "name": "Harbour Courier"},
    "inLanguage": "en-GB",
}


def test_json_ld_tells_most() -> None:
    found = metadata(ld(NEWS))
    assert (found.published, found.published_field) == ("2026-03-01T09:00:00+01:00", "json-ld:datePublished")
    assert (found.updated, found.updated_field) == ("2026-03-01T10:00:00+01:00", "json-ld:dateModified")
    assert found.authors == ("Ada Quay", "Bo Pier")
    assert (found.site, found.image) == ("Harbour Courier", "https://harbour-courier.example/pier.jpg")
    assert (found.url, found.language, found.gave_text) == (PAGE, "en", False)


@pytest.mark.parametrize(
    "nodes",
    [
        [[NEWS]],
        [{"@graph": [{"@type": "WebSite", "name": "x"}, NEWS]}],
        [{"@type": "WebPage", "mainEntity": NEWS}],
        [NEWS | {"@type": ["Thing", "http://schema.org/ReportageNewsArticle"]}],
        [{"@type": "NewsArticle", "url": "https://e.example/other", "author": "No One"}, NEWS | {"url": PAGE}],
        [NEWS | {"mainEntityOfPage": {"@type": "WebPage", "@id": PAGE}}],
        [{"@graph": [NEWS | {"author": {"@id": "#ada"}}, {"@id": "#ada", "name": ["Ada Quay"]}]}],
        [{"@type": "Article"} | NEWS, {"@type": "Person", "name": "Somebody Else"}],
    ],
)
def test_the_article_is_found_however_json_ld_is_built(nodes: list[Any]) -> None:
    found = metadata(ld(*nodes))
    assert found.published == NEWS["datePublished"]
    assert found.authors[0] == "Ada Quay"


@pytest.mark.parametrize(
    "script",
    [
        "{broken",
        "[" * 100_000,
        "null",
        '{"@type": 5, "author": {"name": {"name": 1}}}',
        '{"@type": "Article", "datePublished": [], "image": [[]], "author": [[1]], "headline": {"a": 1}, "url": []}',
        '{"@type": "Article", "datePublished": "soon", "author": "https://social.example/ada"}',
    ],
)
def test_what_makes_no_sense_is_passed_over(script: str) -> None:
    found = metadata(f'<script type="application/ld+json">{script}</script>')
    assert (found.published, found.authors, found.image) == (None, (), None)


def test_wrapped_json_ld_is_read() -> None:
    wrapped = f'<script type="application/ld+json">//<![CDATA[\n{json.dumps(NEWS)};\n//]]></script>'
    assert metadata(wrapped).published == NEWS["datePublished"]


@pytest.mark.parametrize(
    ("head", "field", "value"),
    [
        ('<meta property="article:published_time" content="2026-03-01">', "published", "2026-03-01"),
        ('<meta name="Date" content=" 1 March  2026 ">', "published", "1 March 2026"),
        ('<meta itemprop="datePublished" content="2026-03-01">', "published", "2026-03-01"),
        ('<meta property="article:modified_time" content="2026-03-02">', "updated", "2026-03-02"),
        ('<meta name="date" content="today">', "published", None),
        ('<meta name="author" content="By Ada Quay">', "authors", ("Ada Quay",)),
        ('<meta property="article:author" content="https://social.example/ada">', "authors", ()),
        ('<meta property="og:title" content="Report &amp; more">', "title", "Report & more"),
        ("", "title", "Report | Harbour Courier"),
        ('<meta property="og:site_name" content="Courier">', "site", "Courier"),
        ('<meta property="og:image" content="//img.example/a.jpg">', "image", "https://img.example/a.jpg"),
        ('<meta property="og:image" content="javascript:alert(1)">', "image", None),
        ('<link rel="canonical" href="/one"><meta property="og:url" content="/two">', "canonical", f"{PAGE[:-1]}one"),
        ('<meta property="og:url" content="https://e.example/two">', "canonical", "https://e.example/two"),
        ('<base href="https://b.example/x/"><link rel="canonical" href="one">', "canonical", "https://b.example/x/one"),
    ],
)
def test_meta_elements(head: str, field: str, value: object) -> None:
    assert getattr(metadata(head), field) == value


@pytest.mark.parametrize(
    ("more", "field", "value"),
    [
        ('<time itemprop="datePublished" datetime="2026-03-01T09:00Z">today</time>', "published", "2026-03-01T09:00Z"),
        ('<time pubdate datetime="2026-03-01">today</time>', "published", "2026-03-01"),
        ('<time datetime="2026-03-01">of another thing</time>', "published", None),
        ('<a rel="author" href="/ada">Ada Quay</a>', "authors", ("Ada Quay",)),
        ('<p class="article-byline">By Ada Quay | 1 March 2026</p>', "authors", ("Ada Quay",)),
        ('<p class="bylines-are-here">Ada Quay</p>', "authors", ()),
    ],
)
def test_what_is_marked_in_the_text(more: str, field: str, value: object) -> None:
    assert getattr(metadata("", more), field) == value


def test_a_date_says_where_it_stood() -> None:
    head = '<meta property="article:published_time" content="2026-03-01">'
    assert metadata(head).published_field == "meta:article:published_time"
    assert metadata("", "<time itemprop='dateModified' datetime='2026'></time>").updated_field == "time:dateModified"


@pytest.mark.parametrize(
    ("head", "archive"),
    [
        ("", True),
        ('<meta name="robots" content="index, follow, max-image-preview:large">', True),
        ('<meta name="robots" content="NOARCHIVE, max-snippet:5">', False),
        ('<meta name="Dateline" content="noarchive">', False),
        ('<meta name="otherbot" content="noarchive">', True),
    ],
)
def test_a_page_may_ask_not_to_be_archived(head: str, archive: bool) -> None:
    assert read(head).archive is archive
