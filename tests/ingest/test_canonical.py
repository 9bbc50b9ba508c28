"""One article, one URL."""

import pytest

from services.ingest.canonical import canonical_url, host_of

SAME = [
    ("https://e.example/a", "https://e.example/a"),
    ("HTTPS://E.Example/a", "https://e.example/a"),
    ("https://e.example:443/a", "https://e.example/a"),
    ("http://e.example:80", "http://e.example/"),
    ("https://e.example:8443/a", "https://e.example:8443/a"),
    ("https://e.example./a", "https://e.example/a"),
    ("https://e.example/a#comments", "https://e.example/a"),
    ("https://e.example/#!/a", "https://e.example/#!/a"),
    ("https://e.example/a?utm_source=rss&utm_medium=feed", "https://e.example/a"),
    ("https://e.example/a?id=3&UTM_Source=rss&page=2", "https://e.example/a?id=3&page=2"),
    ("https://e.example/a?b=2&a=1", "https://e.example/a?b=2&a=1"),
    ("https://e.example/a?", "https://e.example/a"),
    ("https://e.example/a?&id=1&", "https://e.example/a?id=1"),
    ("https://e.example/a?fbclid=x&gclid=y&mc_cid=z&xtor=RSS-1&ns_campaign=r", "https://e.example/a"),
    ("https://e.example/%e2%82%ac", "https://e.example/%E2%82%AC"),
    ("https://e.example/€ a", "https://e.example/%E2%82%AC%20a"),
    ("https://müller.example/a", "https://xn--mller-kva.example/a"),
    ("https://user:pass@e.example/a", "https://e.example/a"),
    ("https://[2001:DB8::1]/a", "https://[2001:db8::1]/a"),
    (" https://e.example/a\n", "https://e.example/a"),
]


@pytest.mark.parametrize(("url", "canonical"), SAME)
def test_spellings_of_one_page(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical
    assert canonical_url(canonical) == canonical


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://e.example/a", "https://e.example/A"),
        ("https://e.example/a", "https://e.example/a/"),
        ("https://e.example/a?id=1", "https://e.example/a?id=2"),
        ("https://e.example/a", "http://e.example/a"),
        ("https://e.example/a%2Fb", "https://e.example/a/b"),
        ("https://e.example/?source=x", "https://e.example/"),
    ],
)
def test_what_may_be_another_page_stays_apart(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize(
    "url",
    [None, "", "a", "/a", "ftp://e.example/", "javascript:x", "http://", "http://[x", "http://a b/", "http://e:x/"],
)
def test_what_is_no_web_address_has_none(url: str | None) -> None:
    assert canonical_url(url) is None


def test_the_host_names_the_publisher() -> None:
    assert host_of("https://www.E.example:8080/x") == "e.example"
    assert host_of("nonsense") is None
