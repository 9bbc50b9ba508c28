"""Pages to text."""

import pytest

from services.ingest.pages.document import NoPage, read_page
from tests.ingest.pages.articles import BODY, PAGE, page


def text_and_html(body: bytes) -> tuple[str, str]:
    found = read_page(body, url=PAGE, robot="dateline").text
    assert found
    return found.text, found.html


def test_the_article_is_found_without_what_surrounds_it() -> None:
    text, html = text_and_html(page())
    assert text == "\n\n".join(BODY)
    assert "<p>" in html
    assert "All rights reserved" not in text


def test_links_and_images_are_kept_and_absolute() -> None:
    more = f"<p>{BODY[0]} <a href='two'>More</a> <img src='/a.jpg' alt='A'></p><p>{BODY[1]}</p>"
    _text, html = text_and_html(page(more=more))
    assert 'href="https://harbour-courier.example/two"' in html
    assert 'src="https://harbour-courier.example/a.jpg"' in html


def test_images_that_a_script_would_load_get_their_address() -> None:
    lazy = "<img src='data:image/gif;base64,R0' data-src='/late.jpg' alt='Late'>"
    _text, html = text_and_html(page(more=f"<p>{BODY[0]} {lazy}</p>"))
    assert 'src="https://harbour-courier.example/late.jpg"' in html


def test_nothing_that_runs_comes_through() -> None:
    evil = (
        f"<p onclick='alert(1)'>{BODY[0]}<script>alert(2)</script><a href='javascript:alert(3)'>x</a>"
        "<img src=x onerror=alert(4)><svg onload=alert(5)></svg><iframe src='//e.example'></iframe></p>"
        "<style>p{color:red}</style><form action='//e.example'><input name=a></form>"
    )
    _text, html = text_and_html(page(more=evil))
    for trace in ("alert", "onclick", "onerror", "javascript", "<iframe", "<svg", "<form", "style"):
        assert trace not in html


@pytest.mark.parametrize(
    "body", [b"", b"   ", b"<!-- only this -->", b"\x00\x01\x02"], ids=["nothing", "space", "a comment", "bytes"]
)
def test_what_is_empty_is_no_page(body: bytes) -> None:
    with pytest.raises(NoPage, match="empty"):
        read_page(body, url=PAGE, robot="dateline")


def test_a_page_without_an_article_gives_little_or_nothing() -> None:
    found = read_page(b"<html><body><p>Hello</p></body></html>", url=PAGE, robot="dateline")
    assert found.text is None or found.text.text == "Hello"


def test_a_declaration_and_deep_nesting_do_no_harm() -> None:
    body = b'<?xml version="1.0" encoding="utf-8"?>' + page(more="<div>" * 5_000 + BODY[0] + "</div>" * 5_000)
    assert BODY[0] in text_and_html(body)[0]
