"""What stands in the sample feeds at which moment."""

from datetime import UTC, datetime, timedelta

import pytest

from services.cli.sample.addresses import Addresses
from services.cli.sample.editions import Edition, archive, changes, editions
from services.cli.sample.formats import FORMATS
from services.cli.sample.script import Correction, Publisher, ScriptedArticle, ScriptedFeed, load_script, offset
from services.ingest.parse import parse_feed

EPOCH = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
AT = Addresses(8089)


def article(
    slug: str, at: str, *, categories: tuple[str, ...] = (), corrected: str | None = None, **changed: str
) -> ScriptedArticle:
    corrections = (Correction.model_validate({"at": corrected, **changed}),) if corrected else ()
    return ScriptedArticle.model_validate(
        {
            "slug": slug, "at": at, "title": slug.title(), "author": "A. Writer", "summary": f"About {slug}.",
            "body": "First\nparagraph.\n\nSecond.", "categories": categories, "corrections": corrections,
        }
    )  # fmt: skip


def paper(*articles: ScriptedArticle, only: str | None = None) -> Publisher:
    feed = ScriptedFeed(path="feed.xml", format="rss2", title="The Paper", only=only)
    return Publisher(
        slug="paper", name="The Paper", about="News.", language="en", utc_offset=2, feeds=(feed,), articles=articles
    )


def edition(publisher: Publisher, **after: float) -> Edition:
    return editions([publisher], EPOCH, EPOCH + timedelta(**after))[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-3m", timedelta(minutes=-3)),
        ("+40s", timedelta(seconds=40)),
        ("-1d2h", timedelta(hours=-26)),
        ("-1h30m", timedelta(minutes=-90)),
    ],
)
def test_an_offset_is_a_distance_from_the_epoch(text: str, expected: timedelta) -> None:
    assert offset(text) == expected


@pytest.mark.parametrize("text", ["", "3m", "+", "+3", "-3w", "-3m "])
def test_what_is_no_offset_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no offset"):
        offset(text)


def test_an_article_appears_at_its_moment_and_the_newest_comes_first() -> None:
    published = paper(article("old", "-2h"), article("new", "+40s"))
    assert [found.slug for found in edition(published, seconds=39).articles] == ["old"]
    assert [found.slug for found in edition(published, seconds=40).articles] == ["new", "old"]


def test_times_are_in_the_publishers_zone() -> None:
    printed = edition(paper(article("old", "-2h"))).articles[0]
    assert printed.published.isoformat() == "2026-03-01T12:00:00+02:00"


def test_a_correction_changes_what_it_names_and_nothing_else() -> None:
    corrected = paper(article("old", "-2h", corrected="+1m", title="Better", opening="New opening."))
    before, after = edition(corrected).articles[0], edition(corrected, minutes=1).articles[0]
    assert (before.title, before.paragraphs, before.updated) == ("Old", ("First paragraph.", "Second."), None)
    assert (after.title, after.paragraphs) == ("Better", ("New opening.", "Second."))
    assert (after.summary, after.published) == (before.summary, before.published)
    assert after.updated == EPOCH + timedelta(minutes=1)


def test_a_feed_of_one_category_holds_no_other() -> None:
    limited = paper(article("vote", "-1h", categories=("Politics",)), article("goal", "-1h"), only="Politics")
    assert [found.slug for found in edition(limited).articles] == ["vote"]


def test_an_edition_is_limited_and_the_archive_is_not() -> None:
    prolific = paper(*(article(f"a{number}", f"-{number + 1}m") for number in range(25)))
    assert len(edition(prolific).articles) == 20
    assert len(archive(prolific, EPOCH, EPOCH)) == 25


def test_changes_are_in_order_and_name_the_publisher() -> None:
    script = [paper(article("later", "+2m"), article("old", "-2h", corrected="+1m"))]
    offsets = [(moment - EPOCH).total_seconds() for moment, _ in changes(script, EPOCH)]
    assert offsets == [-7200, 60, 120]


def test_the_script_is_a_wire_of_several_papers_formats_and_languages() -> None:
    script = load_script()
    articles = [article for paper in script for article in archive(paper, EPOCH, EPOCH + timedelta(hours=1))]
    assert len(script) == 6
    assert len(articles) >= 40
    assert {feed.format for paper in script for feed in paper.feeds} == set(FORMATS)
    assert {article.language for article in articles} == {"en", "fr", "de", "es", "ar"}
    assert all(3 <= len(article.paragraphs) <= 6 for article in articles)
    assert len({(article.publisher, article.slug) for article in articles}) == len(articles)


def test_the_script_lives_for_some_minutes_and_then_stays() -> None:
    script = load_script()
    ahead = [moment for moment, _ in changes(script, EPOCH) if moment > EPOCH]
    gaps = [(later - earlier).total_seconds() for earlier, later in zip([EPOCH, *ahead], ahead, strict=False)]
    assert len(ahead) >= 12
    assert max(gaps) <= 60
    last = ahead[-1]
    assert editions(script, EPOCH, last) == editions(script, EPOCH, last + timedelta(days=30))


@pytest.mark.parametrize(
    "found", editions(load_script(), EPOCH, EPOCH + timedelta(hours=1)), ids=lambda e: e.feed.title
)
def test_every_feed_says_the_same_in_its_format(found: Edition) -> None:
    written = FORMATS[found.feed.format]
    url = AT.feed(found.publisher.slug, found.feed.path)
    feed = parse_feed(written.write(found, AT).encode(), url=url, content_type=written.media_type)
    assert feed.problems == ()
    assert feed.title == found.feed.title
    assert feed.site == AT.site(found.publisher.slug)
    assert len(feed.entries) == len(found.articles)
    for entry, printed in zip(feed.entries, found.articles, strict=True):
        assert (entry.title, entry.summary) == (printed.title, printed.summary)
        assert entry.text == "\n\n".join(printed.paragraphs)
        assert entry.url == AT.article(printed.publisher, printed.slug)
        assert entry.categories == printed.categories
        assert entry.authors == (printed.author,)
        assert entry.published is not None
