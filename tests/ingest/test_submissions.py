"""Articles that someone sends: what they become, and that they become it once."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from redis.asyncio import Redis

from services.contracts.articles import Enclosure
from services.contracts.commands import Submission
from services.contracts.identity import article_id
from services.contracts.submissions import submission_id
from services.ingest.compose import find_articles
from services.ingest.memory import Memory
from services.ingest.parse import parse_feed
from services.ingest.publish import Publisher
from services.ingest.submissions import BadSubmission, Submissions, understand
from tests.waiting import until_stream_holds

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://www.courier.example/ferry?utm_source=mail"


def submission(**fields: Any) -> Submission:
    given = {"title": "Ferry"} | fields
    subject = submission_id(given.get("url"), given.get("key"), given.get("source"))
    return Submission(**{"id": subject} | given)


def test_its_id_is_the_one_it_would_have_in_a_feed() -> None:
    feed = f"<rss version='2.0'><channel><item><title>x</title><link>{URL}</link></item></channel></rss>"
    [entry] = find_articles(parse_feed(feed.encode(), url="https://e.example/feed"), origin="https://e.example/feed")
    found, _origin = understand(submission(url=URL))
    assert (found.id, found.url) == (entry.id, entry.url)


@pytest.mark.parametrize(
    ("fields", "source", "name", "feed"),
    [
        ({"url": URL}, "courier.example", "courier.example", "submitted://courier.example"),
        ({"url": URL, "source": "Courier"}, "courier.example", "Courier", "submitted://courier.example"),
        (
            {"key": "1", "source": " Harbour  Courier "},
            "harbour-courier",
            "Harbour Courier",
            "submitted://harbour-courier",
        ),
        ({"key": "1", "source": "港報"}, "港報", "港報", "submitted://港報"),
        ({"key": "1", "source": "!"}, "submitted", "!", "submitted://submitted"),
        ({"key": "1"}, "submitted", "Submitted", "submitted://submitted"),
    ],
)
def test_its_source_is_the_urls_host_or_the_publishers_name(
    fields: dict[str, Any], source: str, name: str, feed: str
) -> None:
    _found, origin = understand(submission(**fields))
    assert (origin.source.id, origin.source.name, origin.feed.url) == (source, name, feed)


def test_keys_are_the_publishers_own() -> None:
    one, other = (submission(key="17", source=name) for name in ("Courier", "Gazette"))
    assert one.id == article_id(None, "submitted://courier", "17") != other.id


@pytest.mark.parametrize(
    ("fields", "summary", "text", "html"),
    [
        ({"text": "One.\n\nTwo <b>."}, "One. Two <b>.", "One.\n\nTwo <b>.", "<p>One.</p><p>Two &lt;b&gt;.</p>"),
        (
            {"html": '<p onclick="x()">One <a href="/a">two</a></p><script>x()</script>'},
            "One two",
            "One two",
            '<p>One <a href="https://www.courier.example/a" rel="noopener noreferrer">two</a></p>',
        ),
        ({"html": "<p>One</p>", "text": "ignored"}, "One", "One", "<p>One</p>"),
        ({"summary": "A < b & <i>c</i>"}, "A < b & <i>c</i>", None, None),
        ({"summary": "Short.", "text": "Long."}, "Short.", "Long.", "<p>Long.</p>"),
    ],
)  # fmt: skip
def test_html_is_cleaned_as_that_of_feeds_and_plain_text_stays_plain(
    fields: dict[str, Any], summary: str, text: str | None, html: str | None
) -> None:
    entry = understand(submission(url=URL, **fields))[0].entry
    assert (entry.summary, entry.text, entry.html) == (summary, text, html)


def test_everything_else_is_kept_and_made_writable() -> None:
    entry = understand(
        submission(
            url=URL, key=" k\x07 1 ", title="A\n title", authors=("Jo\x00", " "), categories=("Sea", "Sea"),
            image="https://e.example/a b.jpg", published=" 1 March 2026 ", updated="yesterday",
            enclosures=(Enclosure(url="https://e.example/a.mp3", type="audio/mpeg", length=9), Enclosure(url="x:y")),
        )
    )[0].entry  # fmt: skip
    assert (entry.title, entry.guid, entry.authors, entry.categories) == ("A title", "k 1", ("Jo",), ("Sea",))
    assert entry.image == "https://e.example/a%20b.jpg"
    assert (entry.published, entry.published_field) == ("1 March 2026", "published")
    assert (entry.updated, entry.updated_field) == ("yesterday", "updated")
    assert [(file.url, file.length) for file in entry.enclosures] == [("https://e.example/a.mp3", 9)]


def test_a_command_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(BadSubmission, match="its id does not follow"):
        understand(submission(url=URL).model_copy(update={"url": "https://e.example/other"}))
    with pytest.raises(BadSubmission, match="needs a `url` or a `key`"):
        understand(submission(key="1").model_copy(update={"key": None}))


def taking(redis: Redis) -> Submissions:
    return Submissions(Publisher(Memory(redis, "dateline", "dateline:articles")), redis, "dateline", lambda: NOW)


async def told(redis: Redis, count: int) -> list[tuple[int, str]]:
    events = [json.loads(payload) for payload in await until_stream_holds(redis, "dateline:articles", count)]
    assert len(events) == count
    return [(event["data"]["revision"], event["data"]["text"]) for event in events]


async def test_sent_again_it_is_nothing_and_changed_a_revision(redis: Redis) -> None:
    submissions = taking(redis)
    for number, text in enumerate(("One.", "One.", "Two."), 1):
        await submissions.take(submission(url=URL, text=text), f"{number}-0")
    assert await told(redis, 2) == [(1, "One."), (2, "Two.")]


async def test_an_earlier_one_that_is_delivered_late_or_twice_does_not_come_back(redis: Redis) -> None:
    submissions = taking(redis)
    await submissions.take(submission(url=URL, text="Two."), "2-0")
    await submissions.take(submission(url=URL, text="One."), "1-0")
    await submissions.take(submission(url=URL, text="Two."), "2-0")
    assert await told(redis, 1) == [(1, "Two.")]


async def test_of_many_at_once_by_several_replicas_the_last_one_stands(redis: Redis) -> None:
    replicas = [taking(redis) for _ in range(4)]
    texts = [f"Text {number}." for number in range(20)]
    async with asyncio.timeout(30):
        await asyncio.gather(
            *(
                replicas[number % 4].take(submission(url=URL, text=text), f"{number + 1}-0")
                for number, text in reversed(list(enumerate(texts)))
            )
        )
    events = await until_stream_holds(redis, "dateline:articles", 1)
    assert json.loads(events[-1])["data"]["text"] == texts[-1]


async def test_a_killed_replicas_submission_is_published_by_the_one_that_takes_it_over(redis: Redis) -> None:
    """Killed after publishing, before it was noted."""
    await taking(redis).take(submission(url=URL, text="One."), "1-0")
    await redis.delete(f"dateline:ingest:submitted:{submission(url=URL).id}")
    await taking(redis).take(submission(url=URL, text="One."), "1-0")
    assert await told(redis, 1) == [(1, "One.")]
