"""JSON Feed to entries."""

import json
from typing import Any

import pytest

from services.ingest.parse import Entry, FoundEnclosure, NotAFeed
from tests.ingest.feeds import only_entry, parsed

VERSION = "https://jsonfeed.org/version/1.1"


def feed(*items: Any, **members: Any) -> bytes:
    return json.dumps({"version": VERSION, "title": "Harbour Courier", "items": items, **members}).encode()


def test_reads_all_that_an_item_says() -> None:
    entry = only_entry(
        feed(
            {
                "id": "courier-1841",
                "url": "/2026/ferry",
                "title": "Electric ferry",
                "summary": "Eleven minutes.",
                "content_html": '<p>It <a href="/x">runs</a>.</p><script>alert(1)</script>',
                "date_published": "2026-03-01T09:12:00+01:00",
                "date_modified": "2026-03-01",
                "authors": [{"name": "Ines Holm"}, {"url": "https://e.example"}],
                "tags": ["Transport", "", 3],
                "image": "/ferry.jpg",
                "language": "en",
                "attachments": [{"url": "/f.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 48213}],
            }
        )
    )
    assert entry == Entry(
        guid="courier-1841",
        url="https://harbour-courier.example/2026/ferry",
        title="Electric ferry",
        summary="Eleven minutes.",
        text="It runs.",
        html='<p>It <a href="https://harbour-courier.example/x" rel="noopener noreferrer">runs</a>.</p>',
        authors=("Ines Holm",),
        categories=("Transport",),
        language="en",
        image="https://harbour-courier.example/ferry.jpg",
        enclosures=(FoundEnclosure("https://harbour-courier.example/f.mp3", "audio/mpeg", 48213),),
        published="2026-03-01T09:12:00+01:00",
        published_field="date_published",
        updated="2026-03-01",
        updated_field="date_modified",
    )


def test_reads_what_the_feed_says_of_itself() -> None:
    found = parsed(feed(home_page_url="https://e.example/", feed_url="https://e.example/feed.json", language="de"))
    assert (found.format, found.title, found.site) == ("JSON Feed 1.1", "Harbour Courier", "https://e.example/")
    assert (found.self_url, found.language, found.problems) == ("https://e.example/feed.json", "de", ())


def test_version_1_0_has_one_author_for_all() -> None:
    body = feed({"id": "1", "content_text": "a"}, version="https://jsonfeed.org/version/1", author={"name": "Ines"})
    assert only_entry(body).authors == ("Ines",)


def test_an_item_with_members_of_the_wrong_type_does_not_spoil_its_neighbours() -> None:
    wrong = {"id": 7, "url": 3, "title": ["x"], "tags": "no", "authors": {}, "attachments": 1, "date_published": 0}
    found = parsed(feed(wrong, "no object", {"id": "2", "title": "fine"}))
    assert [(entry.guid, entry.title) for entry in found.entries] == [("7", ""), ("2", "fine")]


def test_escaped_lone_surrogates_are_dropped() -> None:
    assert only_entry(b'{"items":[{"id":"1","title":"a\\ud800b"}]}').title == "ab"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"items": [', "broken JSON"),
        (b"[" * 100_000, "broken JSON"),
        (b'{"error": "no"}', "no JSON Feed"),
        (b"[1, 2]", "no JSON Feed"),
        (b'{"items": {}}', "no JSON Feed"),
    ],
)
def test_other_json_is_named(body: bytes, reason: str) -> None:
    with pytest.raises(NotAFeed, match=reason):
        parsed(body)
