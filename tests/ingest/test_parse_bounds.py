"""How much of an entry is published, whichever format it came in."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from services.contracts.bounds import BODY, GUID, LISTED, NAME, SUMMARY, TITLE
from services.ingest.parse import NotAFeed, bounds, parse_feed
from services.ingest.parse.feed import Entry
from services.ingest.parse.known_entries import KnownEntries
from services.ingest.parse.markup import text_of

URL = "https://e.example/feed"
_NEWEST = datetime(2026, 3, 1, 12, tzinfo=UTC)
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


def _many(count: int, *, oldest_first: bool) -> dict[str, bytes]:
    """The same entries, a minute apart, in each format; the newest is called 0."""
    numbers = list(range(count))
    if oldest_first:
        numbers.reverse()
    dates = {number: (_NEWEST - timedelta(minutes=number)).isoformat() for number in numbers}
    entries = "".join(f"<item><title>n{number}</title><pubDate>{dates[number]}</pubDate></item>" for number in numbers)
    rss_feed = f"<rss version='2.0'><channel>{entries}</channel></rss>"
    items = [{"id": f"n{number}", "title": f"n{number}", "date_published": dates[number]} for number in numbers]
    return {
        "rss": rss_feed.encode(),
        "broken": rss_feed.replace("<channel>", "<channel><b>").encode(),
        "json": json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode(),
    }


@pytest.mark.parametrize("oldest_first", [False, True])
@pytest.mark.parametrize("form", ["rss", "broken", "json"])
def test_of_more_entries_than_are_read_the_newest_are(
    monkeypatch: pytest.MonkeyPatch, form: str, oldest_first: bool
) -> None:
    monkeypatch.setattr(bounds, "ENTRIES", 100)
    body = _many(120, oldest_first=oldest_first)[form]
    for known in (None, KnownEntries(2**20)):
        feed = parse_feed(body, url=URL, known=known)
        assert {entry.title for entry in feed.entries} == {f"n{number}" for number in range(100)}
        assert feed.left_out == "it has 120 entries, of which the newest 100 are read"
    monkeypatch.setattr(bounds, "ENTRIES", 120)
    assert (len(parse_feed(body, url=URL).entries), parse_feed(body, url=URL).left_out) == (120, None)


@pytest.mark.parametrize("tag", ["div", "section", "ul"])
def test_blocks_that_stand_too_deep_are_flattened(tag: str) -> None:
    deep = f"<{tag}>" * 100_000 + "at the bottom" + f"</{tag}>" * 100_000 + "<p>and after</p>"
    entry = read(rss(f"<title>t</title><description><![CDATA[{deep}]]></description>"))
    assert entry.text == "at the bottom\n\nand after"


def test_few_blocks_inside_each_other_stay_as_they_are() -> None:
    nested = "<div>" * 300 + "<p>text</p>" * 500 + "</div>" * 300
    assert read(rss(f"<title>t</title><description><![CDATA[{nested}]]></description>")).html == nested


@pytest.mark.parametrize("inside", ["<x>", "<description><b>"])
def test_elements_that_stand_far_too_deep_are_refused(inside: str) -> None:
    opened = inside + inside[-3:] * 100_000
    with pytest.raises(NotAFeed, match="more than 10,000 elements inside each other"):
        parse_feed(rss(f"<title>t</title>{opened}"), url=URL)


def test_markup_that_is_not_closed_is_not_deep() -> None:
    unclosed = "<item><title>t</title><description><b>never closed<br>&nbsp;</description></item>" * 11_000
    broken = f"<rss version='2.0'><channel><title>&bogus;</title>{unclosed}<description>".encode()
    assert len(parse_feed(broken, url=URL).entries) == 11_000
