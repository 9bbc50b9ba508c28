"""What identifies an article that someone submits: which source it is of, which feed it seems to be in, its id.

There is no feed behind it; but every article names one, so each source has an imagined feed of what it submitted.
"""

import re
from uuid import UUID

from services.contracts.articles import FeedRef, Source
from services.contracts.canonical import canonical_url, host_of
from services.contracts.identity import article_id, feed_id
from services.contracts.strings import one_line

_UNNAMED = "submitted"


def submission_source(url: str | None, name: str | None) -> Source:
    """The publisher: the host of the article's URL, or without one the words of its name, e.g. `harbour-courier`."""
    name = one_line(name or "")
    host = host_of(canonical_url(url))
    known_by = host or re.sub(r"[\W_]+", "-", name.casefold()).strip("-") or _UNNAMED
    return Source(id=known_by, name=name or host or "Submitted")


def submission_feed(source: Source) -> FeedRef:
    """The imagined feed, `submitted://` and the source's id. It is not among the feeds that are polled."""
    url = f"submitted://{source.id}"
    return FeedRef(id=feed_id(url), url=url, title=f"{source.name} (submitted)")


def submission_id(url: str | None, key: str | None, name: str | None) -> UUID:
    """As if found in a feed: of the canonical URL or, where there is none, of the imagined feed and the key.

    Raises `ValueError` where there is neither a URL that names a page nor a key.
    """
    page = canonical_url(url)
    if page is None and not key:
        raise ValueError("an article needs a `url` or a `key`, by which it is known again")
    return article_id(page, submission_feed(submission_source(url, name)).url, key or "")
