"""When an article was published and updated, from what its feed, its page and its address say, as far as they can be
believed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from services.contracts.articles import Article
from services.contracts.enrichments import Times, Timestamp
from services.enrich.dates.believed import Around, Limits, believe, judge
from services.enrich.dates.learned import FEWEST_POLLS, learned_offset
from services.enrich.dates.sources import first_of
from services.enrich.dates.url_day import day_in_url
from services.enrich.step import Draft, Step

TIMES = "times"

_Found = Timestamp | str | None
"""A time, or why it is not believed, or that nothing was said."""


def times_step() -> Step:
    return Step(
        name=TIMES,
        version=2,
        reads=(
            *("published", "published_field", "updated", "updated_field", "page", "url"),
            *("language", "first_seen", "seen", "context"),
        ),
        adds=("times", "skipped"),
        run=_run,
        explain=_explain,
    )


def _explain(draft: Draft) -> str:
    delays = draft.context.dates.delays
    offset = learned_offset(delays)
    if offset is None:
        return f"by {len(delays)} polls known of the feed its clock is not wrong by whole hours; {FEWEST_POLLS} tell"
    return f"the feed's dates are off by {offset.zone}, as {offset.polls} polls show"


def _run(drafts: Sequence[Draft]) -> Sequence[Draft]:
    return [_with_times(draft) for draft in drafts]


def _with_times(draft: Draft) -> Draft:
    article, page, dates = draft.article, draft.article.page, draft.context.dates
    feed = Around(article.seen, article.language, dates, learned_offset(dates.delays))
    limits = _published_limits(article)
    found: dict[str, _Found] = {
        "published": believe(article.published, f"feed:{article.published_field or 'published'}", limits, feed),
        "updated": believe(article.updated, f"feed:{article.updated_field or 'updated'}", limits[1:], feed),
    }
    if page is not None:
        around = Around(article.seen, page.language or article.language)
        found["page.published"] = believe(page.published, f"page:{page.published_field or 'published'}", limits, around)
        found["page.updated"] = believe(page.updated, f"page:{page.updated_field or 'updated'}", limits[1:], around)
    published = first_of(_time(found["published"]), _time(found.get("page.published")), None)
    updated = _time(found["updated"])
    if published is None and found["published"] is None and updated is not None:
        published = _published_as_updated(updated, article.first_seen)
    published = first_of(published, None, _day_of_address(article, limits))
    skipped = {**draft.skipped, **{f"times.{name}": why for name, why in found.items() if isinstance(why, str)}}
    times = Times(
        published=published,
        updated=updated or _time(found.get("page.updated")),
        first_seen=draft.times.first_seen,
    )
    return replace(draft, times=times, skipped=skipped)


def _time(found: _Found) -> Timestamp | None:
    return found if isinstance(found, Timestamp) else None


def _published_as_updated(updated: Timestamp, first_seen: datetime) -> Timestamp:
    """For feeds that date only updates, as Atom allows (RFC 4287, 4.1.2): until an article is revised the two are one.
    An update later than the first sight of the article says only that it was published before it was seen."""
    note = "the feed gives no date of publication, this is its date of update"
    if updated.at > first_seen:
        return updated.model_copy(update={"at": first_seen, "adjusted": f"{note}; clamped to first seen"})
    return updated.model_copy(update={"adjusted": f"{updated.adjusted}; {note}" if updated.adjusted else note})


def _published_limits(article: Article) -> Limits:
    """Nothing is published after it was seen; some publishers move the date on with each revision."""
    return (("first seen", article.first_seen), ("seen", article.seen))


def _day_of_address(article: Article, limits: Limits) -> Timestamp | None:
    """The day that the address names. One that is not believable is no date at all, and nothing is said of it."""
    found = day_in_url(article.url)
    if found is None:
        return None
    day, words = found
    return _time(judge(day, words, words, "url", limits, Around(article.seen)))
