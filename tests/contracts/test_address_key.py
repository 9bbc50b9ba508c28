"""Two addresses of one article have one key, and two articles never do."""

import pytest

from services.contracts.address_key import address_key
from services.contracts.identity import article_id

STORM = "/2026/03/storm-closes-the-harbour"
KEY = f"https://e.example{STORM}"

ONE_ARTICLE = [
    (f"http://e.example{STORM}", KEY, "publishers moved to https, their feeds did not"),
    (f"https://www.e.example{STORM}", KEY, "one of the two redirects to the other"),
    (f"http://www.e.example:80{STORM}/?utm_source=x#top", KEY, "what the canonical form leaves out"),
    (f"https://e.example{STORM}/", KEY, "a slash at the end is the server's taste"),
    (f"https://e.example{STORM}/index.html", KEY, "the file behind a folder"),
    ("https://e.example/a?b=2&a=1", "https://e.example/a?a=1&b=2", "no server minds the order of names"),
    ("https://e.example/a?b=2&b=1", "https://e.example/a?b=2&b=1", "that of one name's values it may"),
    (f"https://e.example{STORM}/amp", KEY, "WordPress and others"),
    (f"https://e.example{STORM}/amp/", KEY, "the same"),
    (f"https://e.example/amp{STORM}", KEY, "Folha, Engadget"),
    (f"https://e.example{STORM}.amp.html", f"{KEY}.html", "New York Times"),
    (f"https://e.example{STORM}.amp", KEY, "CNN"),
    (f"https://e.example{STORM}?amp", KEY, "The Independent"),
    (f"https://e.example{STORM}?amp=1&page=2", f"{KEY}?page=2", "Ars Technica; the page stays"),
    (f"https://e.example{STORM}?outputType=amp", KEY, "Arc Publishing"),
    (f"https://amp.e.example{STORM}", KEY, "The Guardian"),
    (f"https://m.e.example{STORM}", KEY, "mobile copies"),
    (f"https://mobile.e.example{STORM}.html", f"{KEY}.html", "New York Times"),
    (f"https://www.m.e.example{STORM}", KEY, "WebMD"),
    (f"https://www.google.com/amp/s/amp.e.example{STORM}/amp/", KEY, "Google's viewer of an AMP copy"),
    (f"https://e-example.cdn.ampproject.org/c/s/e.example{STORM}.amp", KEY, "Google's cache of an AMP copy"),
]


@pytest.mark.parametrize(("url", "key", "why"), ONE_ARTICLE, ids=[row[0] for row in ONE_ARTICLE])
def test_addresses_of_one_article(url: str, key: str, why: str) -> None:
    assert address_key(url) == key, why
    assert address_key(key) == key


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("https://e.example/a", "https://e.example/A", "ids are often case-sensitive"),
        ("https://e.example/a?id=1", "https://e.example/a?id=2", "the parameter chooses the page"),
        ("https://e.example/a?page=2", "https://e.example/a", "it may be another article of a list"),
        ("https://e.example/glossary/amp", "https://e.example/glossary", "an article about AMP"),
        ("https://e.example/amp/123", "https://e.example/123", "a section about amplifiers"),
        ("https://m.e.example/123", "https://e.example/123", "each may count its own articles"),
        ("https://m.e.example/", "https://e.example/", "home pages"),
        ("https://blog.e.example/storm-closes-the-harbour", "https://e.example/storm-closes-the-harbour", "two sites"),
        ("https://www2.e.example/a", "https://e.example/a", "two servers"),
        ("https://e.example/a.html", "https://e.example/a", "two files"),
        ("https://e.example/index.php", "https://e.example/", "not a file for certain"),
        ("https://e.example:8443/a", "https://e.example/a", "a server of its own"),
        ("http://e.example:8080/a", "https://e.example:8080/a", "only one of the two can be there"),
        ("https://e.example/a%2Fb", "https://e.example/a/b", "one part of a path, or two"),
        ("https://e.example/a?amp=5", "https://e.example/a", "no mark of AMP"),
        ("https://e.example/#!/a", "https://e.example/#!/b", "a page within a page"),
    ],
)
def test_what_may_be_another_article_stays_apart(one: str, other: str, why: str) -> None:
    assert address_key(one) != address_key(other), why


@pytest.mark.parametrize("url", [None, "", "a", "ftp://e.example/", "http://"])
def test_what_is_no_web_address_has_no_key(url: str | None) -> None:
    assert address_key(url) is None


def test_a_name_for_www_alone_is_kept() -> None:
    assert address_key("https://www.example/") == "https://www.example/"


def test_the_id_is_that_of_the_key() -> None:
    assert article_id(f"http://www.e.example{STORM}/amp/", "", "") == article_id(KEY, "https://e.example/feed", "7")
    assert article_id(None, "https://e.example/feed", "7") != article_id(None, "https://e.example/feed", "8")
