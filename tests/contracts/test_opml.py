"""Feed lists."""

import json
import tarfile
from pathlib import Path

import pytest

from services.contracts.opml import BadList, Outline, read_opml, write_opml
from services.contracts.strings import one_line, web_url
from tests.conftest import CORPORA


def opml(body: str, version: str = "2.0") -> bytes:
    return f'<?xml version="1.0"?><opml version="{version}"><head/><body>{body}</body></opml>'.encode()


def outlines(body: str) -> list[Outline]:
    return read_opml(opml(body), name="list.opml")


def again(feeds: list[Outline]) -> list[Outline]:
    """What is read of what was written."""
    return read_opml(write_opml(feeds, title="My <feeds>").encode(), name="list.opml")


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
    assert again(feeds) == feeds


@pytest.mark.parametrize(
    "tags",
    [
        ("Arts, Culture",),
        ("plain", "Hong Kong / China", "later"),
        ("a/b", "c,d", "e"),
        ("'quoted'", '"doubly"', "<i>", "&amp;"),
        ("ä", "新聞", "🗞"),
    ],
)
def test_tags_survive_whatever_their_characters(tags: tuple[str, ...]) -> None:
    feeds = [Outline("https://e.example/f", "E", None, tags), Outline("https://f.example/f", "F", None, ("own",))]
    assert again(feeds) == feeds


def test_a_feed_in_two_folders_has_the_tags_of_both() -> None:
    feed = '<outline text="E" xmlUrl="https://e.example/f"/>'
    body = f'<outline text="News">{feed}</outline><outline text="Local">{feed}</outline>'
    assert outlines(body) == [Outline("https://e.example/f", "E", None, ("News", "Local"))]


def lists_of_others(folder: Path) -> dict[str, list[Outline]]:
    """All lists of the corpus, the one that is JSON as if it were OPML with a folder for each country."""
    archive = CORPORA / "opml.tar.xz"
    if not archive.exists():
        pytest.skip("the corpus opml is not here")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    found = {str(path): read_opml(path.read_bytes(), name=path.name) for path in sorted(folder.rglob("*.opml"))}
    for path in folder.rglob("*.json"):
        named: dict[str, Outline] = {}
        for country, feeds in json.loads(path.read_text()).items():
            for feed in feeds:
                url, title = web_url(feed["publication_rss_feed_uri"], ""), one_line(feed["publication_name"])
                if url:
                    named.setdefault(url, Outline(url, title, None, (country,)))
        found[str(path)] = list(named.values())
    return found


def test_every_list_of_the_corpus_is_the_same_after_export_and_import(tmp_path: Path) -> None:
    lists = lists_of_others(tmp_path)
    assert len(lists) > 100
    assert sum(len(feeds) for feeds in lists.values()) > 2_000
    assert [name for name, feeds in lists.items() if again(feeds) != feeds] == []


def test_every_naughty_string_survives_as_title_and_tag(tmp_path: Path) -> None:
    archive = CORPORA / "hostile.tar.xz"
    if not archive.exists():
        pytest.skip("the corpus hostile is not here")
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path, filter="data")
    (file,) = tmp_path.rglob("blns.json")
    words = [word for text in json.loads(file.read_text()) if (word := one_line(text))]
    assert len(words) > 400
    feeds = [Outline(f"https://e.example/{n}", word, None, (word, "x")) for n, word in enumerate(words)]
    assert again(feeds) == feeds


def test_an_address_with_spaces_of_any_kind_is_read_as_it_was_written() -> None:
    assert web_url("https://e.example/a\u00a0b c", "") == "https://e.example/a%C2%A0b%20c"


def test_what_xml_cannot_hold_spoils_no_list() -> None:
    feeds = [Outline("https://e.example/1", "nul\x00 and\x1b[31m\nmore", None, ("\x07", "a\ufffeb", "two\u2028lines"))]
    assert again(feeds) == [Outline("https://e.example/1", "nul and[31m more", None, ("ab", "two lines"))]


def test_ten_thousand_feeds_are_a_list_like_any() -> None:
    feeds = [Outline(f"https://e.example/{number}", f"Feed {number}", None, ("many",)) for number in range(10_000)]
    assert again(feeds) == feeds
