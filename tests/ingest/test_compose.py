"""Entries to articles: identity, source, digest."""

from datetime import UTC, datetime

import pytest

from services.contracts.articles import Article, FeedRef, Source
from services.contracts.identity import article_id, feed_id
from services.ingest.compose import Found, compose, digest_of, feed_source, find_articles
from services.ingest.parse import Entry, EntrySource, ParsedFeed

ORIGIN = "https://e.example/feed"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def found(*entries: Entry, site: str | None = None) -> list[Found]:
    return find_articles(ParsedFeed(format="RSS 2.0", site=site, entries=entries), origin=ORIGIN)


def composed(entry: Entry) -> Article:
    (article,) = found(entry)
    feed = FeedRef(id=feed_id(ORIGIN), url=ORIGIN)
    source = Source(id="e.example", name="E", url="https://e.example/")
    return compose(article, feed=feed, source=source, language="en", revision=1, first_seen=NOW, seen=NOW)


def test_the_canonical_url_is_the_identity() -> None:
    (one,) = found(Entry(url="https://E.example/a?utm_source=x", guid="1", title="a"))
    assert one.id == article_id("https://e.example/a", ORIGIN, "ignored")
    assert one.url == "https://e.example/a"


def test_without_a_url_feed_and_guid_are_the_identity() -> None:
    (one,) = found(Entry(guid="1", title="a"))
    assert one.id == article_id(None, ORIGIN, "1")


def test_without_url_and_guid_title_and_date_are_the_identity() -> None:
    dates = ("Monday", "Tuesday", None)
    one, other, undated = found(*(Entry(title="a", published=date) for date in dates))
    assert len({one.id, other.id, undated.id}) == 3
    assert undated.id == article_id(None, ORIGIN, "a")


def test_an_article_that_stands_twice_in_a_document_is_one() -> None:
    twice = [Entry(url="https://e.example/a", guid=f"https://e.example/a#{n}", title="a") for n in range(2)]
    assert len(found(*twice)) == 1


def test_entries_that_all_link_to_the_same_page_stay_apart() -> None:
    entries = [Entry(url="https://e.example/show", guid=str(n), title=f"Episode {n}") for n in range(3)]
    assert len({article.id for article in found(*entries)}) == 3


@pytest.mark.parametrize("guids", [(None, None), ("1", "2")])
def test_a_feed_that_lists_an_article_again_under_its_new_headline_has_one(guids: tuple[str | None, ...]) -> None:
    link = "https://e.example/sport/20260528-harbour-loses-the-cup"
    titles = ("Sailing: Harbour loses the cup in the wind", "Harbour loses the cup in the wind")
    (one,) = found(*(Entry(url=link, guid=guid, title=title) for guid, title in zip(guids, titles, strict=True)))
    assert one.entry.title == titles[0]


@pytest.mark.parametrize(
    ("link", "titles"),
    [
        ("https://e.example/live/20260528-storm-closes-the-harbour", ("Ferries stay in port", "Mayor speaks at noon")),
        ("https://e.example/blog/changes-of-the-program", ("Version 3.1 was released", "Version 3.2 was released")),
    ],
)
def test_remarks_on_one_page_stay_apart(link: str, titles: tuple[str, str]) -> None:
    assert len(found(*(Entry(url=link, guid=title, title=title) for title in titles))) == 2


def test_entries_without_guid_that_link_to_the_home_page_stay_apart() -> None:
    entries = [Entry(url="https://e.example/", title=title) for title in ("a", "b")]
    assert len(found(*entries, site="https://e.example")) == 2


def test_a_link_to_the_home_page_is_no_identity() -> None:
    (one,) = found(Entry(url="https://e.example/", guid="1", title="a"), site="https://e.example/")
    assert one.id == article_id(None, ORIGIN, "1")


def test_an_entry_with_nothing_is_left_out() -> None:
    assert found(Entry(published="2026")) == []


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (Entry(title="t", summary="s", text=" a  b\n"), True),
        (Entry(title="t", summary="s", text="a b", updated="2026", image="https://e.example/i"), True),
        (Entry(title="T", summary="s", text="a b"), False),
        (Entry(title="t", summary="S", text="a b"), False),
        (Entry(title="t", summary="s", text="a c"), False),
        (Entry(title="ts", summary="", text="a b"), False),
    ],
)
def test_the_digest_is_over_what_a_reader_sees(other: Entry, same: bool) -> None:
    assert (digest_of(Entry(title="t", summary="s", text="a b")) == digest_of(other)) is same


def test_an_untitled_entry_is_called_by_its_first_words() -> None:
    assert composed(Entry(guid="1", text="A short note. " * 20)).title.startswith("A short note.")
    assert composed(Entry(url="https://e.example/a")).title == "https://e.example/a"


def test_an_entrys_own_source_and_language_go_before_the_feeds() -> None:
    article = composed(Entry(guid="1", language="fr", source=EntrySource("Other", "https://www.other.example/")))
    assert article.source == Source(id="other.example", name="Other", url="https://www.other.example/")
    assert article.language == "fr"
    assert composed(Entry(guid="1")).language == "en"


def test_the_source_is_known_by_its_sites_host() -> None:
    assert feed_source(url="https://feeds.example/x", site="https://www.e.example/", title="E News") == Source(
        id="e.example", name="E News", url="https://www.e.example/"
    )
    assert feed_source(url="https://feeds.example/x", site=None, title=None) == Source(
        id="feeds.example", name="feeds.example"
    )
