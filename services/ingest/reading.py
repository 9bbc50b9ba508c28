"""One feed from its server to the stream: fetch, parse, publish."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from services.ingest.aside import aside
from services.ingest.compose import feed_source, find_articles
from services.ingest.discover import discover
from services.ingest.feed_state import FeedState
from services.ingest.fence import Fence
from services.ingest.fetch import Fetcher
from services.ingest.outcomes import Failed, Fetched, NotModified
from services.ingest.page_links import is_page
from services.ingest.parse import NotAFeed, ParsedFeed
from services.ingest.poll import Document, Read
from services.ingest.publish import Origin, Publisher
from services.ingest.push.discovery import offered
from services.ingest.switch import Found
from services.ingest.trust import asks_conditionally, is_an_audit

Parse = Callable[[Fetched], Awaitable[ParsedFeed]]
"""Understands a body off the event loop. Raises `NotAFeed`."""


class Reader:
    """Reads feeds. Raises the publisher's errors (Redis), nothing of the feed's."""

    def __init__(self, *, fetcher: Fetcher, parse: Parse, publisher: Publisher, clock: Callable[[], datetime]) -> None:
        self._fetcher, self._parse, self._publisher, self._clock = fetcher, parse, publisher, clock

    async def read(self, state: FeedState, *, own: bool = False, fence: Fence | None = None) -> Read | Found | Failed:
        """Fetch, parse and publish. From a host of the operator's `own`, wishes to be left alone do not count.

        Raises `Overtaken` where the `fence` says so.
        """
        conditional = asks_conditionally(state, self._clock())
        outcome = await self._ask(state, conditional=conditional)
        if isinstance(outcome, Failed):
            return outcome
        fresh_s = None if own else outcome.fresh_s
        if isinstance(outcome, NotModified):
            return Read(moved_to=outcome.moved_to, not_modified=True, fresh_s=fresh_s)
        digest = hashlib.blake2b(outcome.body, digest_size=16).hexdigest()
        unchanged = digest == state.body_digest
        if unchanged and (outcome.etag, outcome.last_modified) == (state.etag, state.last_modified):
            return Read(moved_to=outcome.moved_to, fresh_s=fresh_s)
        try:
            parsed = await self._parse(outcome)
        except NotAFeed as error:
            if state.body_digest is None and is_page(outcome.body):
                return await self._search(outcome)
            return Failed("not a feed", f"no feed was found there: {error.reason}")
        document = await self._publish(
            state, replace(parsed, ttl_minutes=None, schedule=None) if own else parsed, outcome, digest, fence
        )
        lie = False
        if is_an_audit(state) and not conditional and (document.new or document.changed):
            lie = isinstance(await self._ask(state, conditional=True), NotModified)  # it still stands by the old body
        return Read(document, outcome.moved_to, fresh_s=fresh_s, validators_lie=lie)

    async def parse_delivery(self, delivered: Fetched) -> ParsedFeed:
        """Understand what a hub sent. Raises `NotAFeed`."""
        return await self._parse(delivered)

    async def publish_delivery(self, state: FeedState, delivered: Fetched, parsed: ParsedFeed) -> Document:
        """Publish what a hub sent; it may hold the new entries only."""
        digest = hashlib.blake2b(delivered.body, digest_size=16).hexdigest()
        return await self._publish(state, parsed, delivered, digest)

    async def _search(self, page: Fetched) -> Found | Failed:
        """A feed that was never read and is a page was added by the address of its site."""
        discovery = await discover(page, self._fetcher, self._parse)
        if discovery.chosen is None:
            return Failed("not a feed", discovery.reason)
        return Found(discovery.chosen.url, discovery.chosen.title, discovery.reason)

    async def _ask(self, state: FeedState, *, conditional: bool) -> Fetched | NotModified | Failed:
        if not conditional:
            return await self._fetcher.fetch(state.url)
        return await self._fetcher.fetch(state.url, etag=state.etag, last_modified=state.last_modified)

    async def _publish(
        self, state: FeedState, parsed: ParsedFeed, fetched: Fetched, digest: str, fence: Fence | None = None
    ) -> Document:
        known = state.model_copy(update={"own_title": parsed.title or state.own_title})
        site = parsed.site or state.site
        origin = Origin(
            feed=known.reference,
            source=feed_source(url=state.url, site=site, title=known.own_title or known.given_title),
            language=parsed.language,
            full_text=state.full_text,
        )
        articles = await aside(len(parsed.entries), lambda: find_articles(parsed, origin=state.origin))
        published = await self._publisher.publish(articles, origin, self._clock(), fence)
        return Document(
            digest=digest,
            etag=fetched.etag,
            last_modified=fetched.last_modified,
            title=parsed.title,
            site=parsed.site,
            ttl_minutes=parsed.ttl_minutes,
            schedule=parsed.schedule,
            new=published.new,
            changed=published.revised + published.listed,
            fresh=published.fresh,
            found=tuple(article.id for article in articles),
            left_out=parsed.left_out,
            offer=offered(fetched.links, parsed.hubs, parsed.self_url, fetched.url),
        )
