"""Articles that someone sends who has no feed: understood as entries are, and published as if found in a feed."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast

from redis.asyncio import Redis

from services.contracts.canonical import canonical_url
from services.contracts.commands import Submission
from services.contracts.strings import distinct, line_or_none, one_line, raw, web_url
from services.contracts.submissions import submission_feed, submission_id, submission_source
from services.ingest.command_order import is_newer
from services.ingest.compose import Found, digest_of
from services.ingest.parse import Entry
from services.ingest.parse.body import Markup, choose_body
from services.ingest.parse.bounds import bounded_entry
from services.ingest.parse.feed import FoundEnclosure
from services.ingest.publish import Origin, Publisher

_LOCKED_S = 10.0
_REMEMBERED = timedelta(days=1)
"""For so long an earlier submission that is delivered late is recognised as such."""


class BadSubmission(Exception):
    """It names no article, or not the one that it says it is. The message says what to do."""


def understand(submission: Submission) -> tuple[Found, Origin]:
    """The article and where it is from. HTML is cleaned as that of feeds. Raises `BadSubmission`."""
    try:
        expected = submission_id(submission.url, submission.key, submission.source)
    except ValueError as error:
        raise BadSubmission(str(error)) from None
    if submission.id != expected:
        raise BadSubmission(f"its id does not follow from its url or key: it should be {expected}")
    source = submission_source(submission.url, submission.source)
    page = canonical_url(submission.url)
    entry = _entry(submission, page or "")
    return Found(expected, page, digest_of(entry), entry), Origin(submission_feed(source), source)


def _entry(submission: Submission, base: str) -> Entry:
    """HTML is the body where there is any, else the text. All else is plain text, whatever stands in it."""
    contents = []
    if submission.html:
        contents.append(Markup(submission.html, base))
    elif submission.text:
        contents.append(Markup(submission.text, base, plain=True))
    body = choose_body(Markup(submission.summary, base, plain=True) if submission.summary else None, contents)
    published, updated = raw(submission.published), raw(submission.updated)
    files = ((web_url(file.url, base), file) for file in submission.enclosures)
    entry = Entry(
        guid=line_or_none(submission.key),
        url=base or None,
        title=one_line(submission.title),
        summary=body.summary,
        text=body.text,
        html=body.html,
        authors=distinct(map(one_line, submission.authors)),
        categories=distinct(map(one_line, submission.categories)),
        language=line_or_none(submission.language),
        image=web_url(submission.image, base),
        enclosures=tuple(FoundEnclosure(url, line_or_none(file.type), file.length) for url, file in files if url),
        published=published,
        published_field="published" if published else None,
        updated=updated,
        updated_field="updated" if updated else None,
    )
    return bounded_entry(entry)


class Submissions:
    """Publishes them. Of two submissions of one article the later one counts, whichever is handled first."""

    def __init__(self, publisher: Publisher, redis: Redis, prefix: str, clock: Callable[[], datetime]) -> None:
        self._publisher, self._redis, self._prefix, self._clock = publisher, redis, prefix, clock

    async def take(self, submission: Submission, command: str) -> None:
        """Publish it unless it was before. `command` is its entry on the stream. Raises `BadSubmission`."""
        found, origin = await asyncio.to_thread(understand, submission)
        key = f"{self._prefix}:ingest:submitted:{found.id}"
        async with self._redis.lock(f"{key}:lock", timeout=_LOCKED_S):
            last = cast("bytes | None", await self._redis.get(key))
            if not is_newer(command, last.decode() if last else None):
                return
            await self._publisher.publish([found], origin, self._clock())
            await self._redis.set(key, command, ex=_REMEMBERED)
