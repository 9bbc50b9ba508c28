"""How much of an entry is published, whichever format it came in."""

import json

import pytest

from services.contracts.bounds import BODY, GUID, LISTED, NAME, SUMMARY, TITLE
from services.ingest.parse import parse_feed
from services.ingest.parse.feed import Entry
from services.ingest.parse.markup import text_of

URL = "https://e.example/feed"
LONG = "One sentence of many. " * 100_000


def rss(inside: str, title: str = "Feed") -> bytes:
    return f"<rss version='2.0'><channel><title>{title}</title><item>{inside}</item></channel></rss>".encode()


def read(body: bytes) -> Entry:
    [entry] = parse_feed(body, url=URL).entries
    return entry


def json_feed(**entry: object) -> bytes:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1"} | entry]}).encode()


@pytest.mark.parametrize(
    "body",
    [
        rss(
            f"<title>{LONG}</title><description>{LONG}</description><author>{LONG}</author>"
            f"<content>{LONG} again</content>"
        ),
        json_feed(title=LONG, summary=LONG, content_text=LONG, authors=[{"name": LONG}]),
    ],
    ids=["rss", "json"],
)
def test_texts_are_cut_between_sentences(body: bytes) -> None:
    entry = read(body)
    for text, most in ((entry.title, TITLE), (entry.summary, SUMMARY), (entry.authors[0], NAME)):
        assert text is not None
        assert 150 < len(text) <= most
        assert text.endswith("many.")
    assert entry.text is not None
    assert entry.html is not None
    assert BODY * 0.9 < len(entry.html) <= BODY
    assert entry.text.endswith("\n\n…")
    assert text_of(entry.html) == entry.text


def test_lists_have_a_hundred_and_reading_a_hundred_thousand_is_no_work() -> None:
    """Once each was compared with all before it: this took half an hour."""
    tags = "".join(f"<category>tag {number}</category>" for number in range(100_000))
    entry = read(rss(f"<title>x</title>{tags}"))
    assert entry.categories == tuple(f"tag {number}" for number in range(LISTED))
    assert len(read(json_feed(tags=[str(number) for number in range(500)])).categories) == LISTED


def test_guids_that_only_differ_far_behind_stay_apart() -> None:
    first, second = (read(rss(f"<title>x</title><guid>{'g' * 9_000}{end}</guid>")).guid for end in "ab")
    assert first is not None
    assert second is not None
    assert (len(first), first[:1_000], first != second) == (GUID, second[:1_000], True)


def test_what_a_feed_says_of_itself_stands_in_each_article_and_is_short() -> None:
    feed = parse_feed(rss("<title>x</title>", title=LONG), url=URL)
    assert feed.title is not None
    assert len(feed.title) <= NAME


@pytest.mark.parametrize(
    "markup",
    ["<a href=x>y</a>" * 2_000, "<b><i>" * 80_000, f"<img alt='{'z' * 2 * BODY}'><p>after", "<p>&amp;&lt;" * 150_000],
    ids=["links", "open", "attribute", "escaped"],
)
def test_html_that_is_cut_is_whole_and_fits(markup: str) -> None:
    entry = read(json_feed(content_html=markup, url="https://e.example/" + "a" * 3_000 + "/"))
    assert entry.html is not None
    assert len(entry.html) <= BODY
    assert entry.html.endswith("<p>…</p>")
    assert text_of(entry.html) == entry.text
