"""One article, one URL."""

import pytest

from services.contracts.canonical import canonical_url, host_of

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
    ("https://e.example/%41%7e%2f", "https://e.example/A~%2F"),
    ("https://e.example/a?q=%e2%82%ac%41", "https://e.example/a?q=%E2%82%ACA"),
    ("https://e.example/100%/%41", "https://e.example/100%/%41"),
    ("https://e.example/%2e/100%/../%41", "https://e.example/A"),
    ("https://e.example/%%341", "https://e.example/%%341"),
    ("https://e.example/a/../b/./c/..", "https://e.example/b/"),
    ("https://e.example/%2e%2E/a", "https://e.example/a"),
    ("https://e.example/#/a", "https://e.example/#/a"),
    ("https://e.example/a#/", "https://e.example/a"),
    ("https://e.example/a;jsessionid=0A1B?id=2&PHPSESSID=3", "https://e.example/a?id=2"),
    ("https://e.example/a?source=rss----d12c&ref=RSS&src=rss", "https://e.example/a"),
    ("https://www.theguardian.com/a?CMP=share", "https://www.theguardian.com/a"),
    ("https://www.youtube.com/watch?v=x&feature=youtu.be&si=y", "https://www.youtube.com/watch?v=x"),
    # Services that only pass on
    ("https://www-e-example.cdn.ampproject.org/c/s/www.e.example/a/amp?id=1", "https://www.e.example/a/amp?id=1"),
    ("https://e-example.cdn.ampproject.org/v/e.example/a?usqp=mq331", "http://e.example/a"),
    ("https://www.google.com/amp/s/amp.e.example/a", "https://amp.e.example/a"),
    (
        "https://www.google.co.uk/url?rct=j&url=https%3A%2F%2Fe.example%2Fa%3Futm_source%3Dx&ct=ga",
        "https://e.example/a",
    ),
    ("https://www.google.com/url?q=https://e.example/a&source=gmail", "https://e.example/a"),
    ("http://www.bing.com/news/apiclick.aspx?ref=FexRss&url=https%3a%2f%2fe.example%2fa&c=1", "https://e.example/a"),
    ("https://www.google.com/url?url=https://www.google.com/url%3Fq%3Dhttps://e.example/a", "https://e.example/a"),
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
        ("https://e.example/?ref=main", "https://e.example/"),
        ("https://e.example/?CMP=share", "https://e.example/"),
        ("https://e.example/?cid=3", "https://e.example/"),
        ("https://e.example/#!/a", "https://e.example/#!/b"),
        ("https://e.example/#/a", "https://e.example/#/b"),
        ("https://www.google.com/url?q=storms", "https://www.google.com/url?q=tides"),
        ("https://www.google.com/url?url=https://", "https://www.google.com/url"),
        ("https://www.google.com/amp/s/", "https://www.google.com/amp/"),
        ("https://e-example.cdn.ampproject.org/i/s/e.example/a.png", "https://e.example/a.png"),
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
