"""Feed lists."""

import pytest

from services.ingest.opml import BadList, Outline, read_opml, write_opml


def opml(body: str, version: str = "2.0") -> bytes:
    return f'<?xml version="1.0"?><opml version="{version}"><head/><body>{body}</body></opml>'.encode()


def outlines(body: str) -> list[Outline]:
    return read_opml(opml(body), name="list.opml")


def test_reads_feeds_with_titles_and_sites() -> None:
    assert outlines('<outline type="rss" text="E" xmlUrl="https://e.example/f" htmlUrl="https://e.example/"/>') == [
        Outline("https://e.example/f", "E", "https://e.example/")
    ]


def test_nested_folders_and_categories_become_tags() -> None:
    body = (
        '<outline text="News"><outline title="Local &amp; near" text="x">'
        '<outline text="E" xmlUrl="https://e.example/f" category="harbour,/boats/ferries"/></outline></outline>'
    )
    assert outlines(body)[0].tags == ("News", "Local & near", "harbour", "boats", "ferries")


def test_case_of_attributes_does_not_matter_and_repeats_are_dropped() -> None:
    body = '<outline XMLURL="https://e.example/f"/><outline xmlurl="https://e.example/f" text="later"/>'
    assert outlines(body) == [Outline("https://e.example/f")]


def test_titles_that_were_not_escaped_are_forgiven() -> None:
    body = '<outline text="Fish & "chips" &amp; <b>peas</b>" xmlUrl="https://e.example/f?a=1&b=2"/>'
    assert outlines(body) == [Outline("https://e.example/f?a=1&b=2", 'Fish & "chips" & <b>peas</b>')]


def test_outlines_that_are_no_feeds_are_passed_over() -> None:
    assert outlines('<outline text="a"/><outline xmlUrl="ftp://e.example/"/><outline xmlUrl=""/>') == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "list.opml, line 1: no element found"),
        (b"<opml>\n<body>\n<outline></body></opml>", "list.opml, line 3: mismatched tag"),
        (b"<rss version='2.0'/>", "this is <rss>, not <opml>"),
        (b"just text", "list.opml, line 1"),
        (b'<!DOCTYPE opml [<!ENTITY a "b">]><opml/>', "list.opml, line 1: it declares a document type"),
        (opml("<outline text='a'>" * 200 + "</outline>" * 200), "nested more than 50"),
        (b'<?xml version="1.0" encoding="nonsense"?><opml/>', "list.opml"),
    ],
)
def test_a_broken_list_is_refused_with_file_line_and_reason(text: bytes, words: str) -> None:
    with pytest.raises(BadList) as caught:
        read_opml(text, name="list.opml")
    assert words in str(caught.value)


def test_what_is_written_reads_the_same() -> None:
    feeds = [
        Outline("https://e.example/f?a=1&b=2", 'The "Courier" & <co>', "https://e.example/", ("local", "press")),
        Outline("https://f.example/feed"),
    ]
    assert read_opml(write_opml(feeds, title="My <feeds>").encode(), name="list.opml") == feeds
