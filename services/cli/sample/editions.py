"""What stands in every feed at one moment: a pure function of the script, the epoch and now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from services.cli.sample.script import Publisher, ScriptedArticle, ScriptedFeed

LENGTH = 20
"""Articles in one edition, newest first, as papers do; older ones drop out of the feed but keep their page."""


@dataclass(frozen=True, slots=True)
class Printed:
    """An article as it reads at one moment. Times are in the publisher's own zone."""

    publisher: str
    slug: str
    title: str
    author: str
    summary: str
    paragraphs: tuple[str, ...]
    categories: tuple[str, ...]
    language: str
    published: datetime
    updated: datetime | None


@dataclass(frozen=True, slots=True)
class Edition:
    """One feed at one moment. `changed` is when it last differed: the newest publication or correction in it."""

    publisher: Publisher
    feed: ScriptedFeed
    articles: tuple[Printed, ...]
    changed: datetime


def editions(script: Sequence[Publisher], epoch: datetime, now: datetime) -> tuple[Edition, ...]:
    """Every feed as it stands at `now`. Both moments are aware."""
    return tuple(_edition(publisher, feed, epoch, now) for publisher in script for feed in publisher.feeds)


def archive(publisher: Publisher, epoch: datetime, now: datetime) -> tuple[Printed, ...]:
    """All that a publisher has printed so far, newest first."""
    printed = (_print(publisher, article, epoch, now) for article in publisher.articles if epoch + article.at <= now)
    return tuple(sorted(printed, key=lambda article: (article.published, article.slug), reverse=True))


def changes(script: Sequence[Publisher], epoch: datetime) -> tuple[tuple[datetime, str], ...]:
    """When anything is printed or corrected, and by which publisher (its slug), in order of time."""
    return tuple(sorted((epoch + at, publisher.slug) for publisher in script for at in _moments(publisher)))


def _edition(publisher: Publisher, feed: ScriptedFeed, epoch: datetime, now: datetime) -> Edition:
    articles = tuple(
        article for article in archive(publisher, epoch, now) if feed.only is None or feed.only in article.categories
    )[:LENGTH]
    changed = max((article.updated or article.published for article in articles), default=epoch)
    return Edition(publisher, feed, articles, changed)


def _print(publisher: Publisher, article: ScriptedArticle, epoch: datetime, now: datetime) -> Printed:
    zone = timezone(timedelta(hours=publisher.utc_offset))
    title, summary, updated = article.title, article.summary, None
    paragraphs = [" ".join(paragraph.split()) for paragraph in article.body.strip().split("\n\n")]
    for correction in article.corrections:
        if epoch + correction.at > now:
            continue
        title, summary = correction.title or title, correction.summary or summary
        updated = (epoch + correction.at).astimezone(zone)
        if correction.opening:
            paragraphs[0] = correction.opening
        if correction.added:
            paragraphs.append(correction.added)
    return Printed(
        publisher=publisher.slug,
        slug=article.slug,
        title=title,
        author=article.author,
        summary=summary,
        paragraphs=tuple(paragraphs),
        categories=article.categories,
        language=article.language or publisher.language,
        published=(epoch + article.at).astimezone(zone),
        updated=updated,
    )


def _moments(publisher: Publisher) -> Iterator[timedelta]:
    for article in publisher.articles:
        yield article.at
        yield from (correction.at for correction in article.corrections)
