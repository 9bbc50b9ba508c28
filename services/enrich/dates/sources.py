"""Which of several sources dates the publication of an article: its feed, its own page, its address."""

from datetime import UTC, timedelta

from services.contracts.enrichments import Timestamp

_DISPUTE = timedelta(hours=1)
"""Feeds and pages are written minutes apart."""

_FURTHEST_ZONE = timedelta(hours=14)
_DAY = timedelta(days=1)


def first_of(feed: Timestamp | None, page: Timestamp | None, address: Timestamp | None) -> Timestamp | None:
    """The feed's; the page's where the feed has none or says less of the same moment; else the day in the address.

    The page says more where the feed names only the day, or no zone. Where sources that are both whole differ by
    more than an hour, the feed is kept, for its date is the one that its readers see, and the page's is noted.
    """
    chosen = _feed_or_page(feed, page) if feed and page else feed or page
    if chosen is None or address is None:
        return chosen or address
    if not chosen.disputed and not -_DAY <= chosen.at - address.at < 2 * _DAY:
        return chosen.model_copy(update={"disputed": f"the address says {address.at:%Y-%m-%d}"})
    return chosen


def _feed_or_page(feed: Timestamp, page: Timestamp) -> Timestamp:
    apart = abs(feed.at - page.at)
    if feed.precision == "day" and page.precision != "day" and apart < _DAY + _FURTHEST_ZONE:
        return _instead(page, "the feed names only the day")
    if feed.zone == "assumed" and page.zone == "explicit" and apart <= _FURTHEST_ZONE:
        return _instead(page, "the feed names no zone")
    if page.precision == "day" and apart < _DAY + _FURTHEST_ZONE:
        return feed
    if apart > _DISPUTE:
        field = page.method.removeprefix("page:")
        return feed.model_copy(update={"disputed": f"{field} of the page says {page.at.astimezone(UTC):%FT%TZ}"})
    return feed


def _instead(page: Timestamp, why: str) -> Timestamp:
    why = f"taken from the page, since {why}"
    return page.model_copy(update={"adjusted": f"{page.adjusted}; {why}" if page.adjusted else why})
