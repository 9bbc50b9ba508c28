"""The addresses of the page."""

import pytest

from services.api.page.places import address, source_place, tag_place, web_link, within


def test_addresses_keep_what_was_given_and_replace_what_is_new() -> None:
    given = [("tag", "a b"), ("tag", "c&d"), ("cursor", "old")]
    assert address("/", given, cursor="new=") == "/?tag=a%20b&tag=c%26d&cursor=new%3D"
    assert address("/", []) == "/"


@pytest.mark.parametrize(
    ("slug", "place"),
    [
        ("topic:politics", "/tag/topic%3Apolitics"),
        ("a/b?c#d", "/tag/a%2Fb%3Fc%23d"),
        ("../feeds", "/tag/..%2Ffeeds"),
        ("it's (fine)!*", "/tag/it's%20(fine)!*"),
        ("..", "/?tag=.."),
        (".", "/?tag=."),
        ("", "/?tag="),
        ("half \ud83d", "/tag/half%20%3F"),
    ],
)
def test_a_tag_has_an_address_whatever_its_slug(slug: str, place: str) -> None:
    assert tag_place(slug) == place
    assert source_place(slug) == place.replace("/tag/", "/source/").replace("?tag=", "?source=")


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("/feeds?sort=state", "/feeds?sort=state"),
        ("/", "/"),
        ("", "/"),
        ("feeds", "/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("/\t/evil.example/", "/"),
        ("/a\r\nSet-Cookie: x", "/"),
        ("javascript:alert(1)", "/"),
        ("http://[broken", "/"),
    ],
)
def test_after_signing_in_one_stays_on_this_site(asked: str, there: str) -> None:
    assert within(asked) == there


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://courier.example/a", True),
        ("http://courier.example", True),
        ("HTTPS://courier.example/", True),
        ("javascript:alert(1)", False),
        ("data:text/html,hello", False),
        ("//courier.example/a", False),
        ("https:///a", False),
        ("http://[broken", False),
        (None, False),
    ],
)
def test_only_web_addresses_become_links(url: str | None, kept: bool) -> None:
    assert web_link(url) == (url if kept else None)
