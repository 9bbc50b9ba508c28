"""Found articles to events on the stream: gather, decide, act."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from services.contracts.articles import (
    Article,
    ArticleListed,
    ArticlePublished,
    ArticleRevised,
    FeedRef,
    Listing,
    Source,
)
from services.contracts.tracing import new_trace
from services.ingest.aside import aside
from services.ingest.compose import Found, compose
from services.ingest.fence import Fence
from services.ingest.identify import Identified, identify
from services.ingest.memory import Change, Memory
from services.ingest.pages.queue import PageQueue, WantedPage
from services.ingest.pages.teaser import page_wish
from services.ingest.recognise import Known
from services.ingest.revise import Decision, Remembered, decide
from services.wire.moments import unix_ms

SOURCE = "/ingest"

_TURN, _PIECE = 200, 1_000

_WHOLE = frozenset(("publish", "revise"))
"""What is told with the whole article."""


@dataclass(frozen=True, slots=True)
class Published:
    """How many articles of one document were new, revised, or known from another feed; and the new ones."""

    revised: int = 0
    listed: int = 0
    fresh: tuple[UUID, ...] = ()

    @property
    def new(self) -> int:
        return len(self.fresh)


@dataclass(frozen=True, slots=True)
class Origin:
    """What all articles of one document have in common. `full_text` is whether their pages are to be read."""

    feed: FeedRef
    source: Source
    language: str | None = None
    full_text: bool = False

    @property
    def short_name(self) -> str:
        """The feed as `Remembered.feeds` has it."""
        return self.feed.id.hex[:12]


class Publisher:
    """Publishes what is new in a document, each fact exactly once, whoever else publishes at the same time."""

    def __init__(self, memory: Memory, pages: PageQueue | None = None) -> None:
        self._memory, self._pages = memory, pages

    async def publish(
        self, found: Sequence[Found], origin: Origin, now: datetime, fence: Fence | None = None
    ) -> Published:
        """Oldest first, that is, from the end of the document. Raises `Overtaken` where a `fence` says so."""
        done: dict[str, list[UUID]] = {"publish": [], "revise": [], "list": [], "nothing": []}
        forestalled = True
        while forestalled:  # what was written meanwhile, by us or others, is then remembered and unchanged
            identified, forestalled = await self._identify(found, origin.feed.id), False
            for start in range(0, len(identified), _PIECE):  # not all events of a huge document in memory at once
                agreed = await self._publish(identified[start : start + _PIECE], origin, now, fence, done)
                forestalled = forestalled or not agreed
        return Published(len(done["revise"]), len(done["list"]), fresh=tuple(done["publish"]))

    async def _publish(
        self,
        articles: Sequence[tuple[Identified, Remembered | None]],
        origin: Origin,
        now: datetime,
        fence: Fence | None,
        done: dict[str, list[UUID]],
    ) -> bool:
        """Whether nobody was faster with any of them. What was done is added to `done`, by action."""
        changes: list[Change] = []
        actions: dict[UUID, str] = {}
        pages: list[WantedPage] = []
        for number, (identified, known) in enumerate(articles, start=1):
            if number % _TURN == 0:
                await asyncio.sleep(0)  # leases and other polls go on meanwhile
            decision = _decide(identified, known, origin, now)
            whole = _article(identified.article, decision, origin, now) if decision.action in _WHOLE else None
            change = _change(identified, decision, known, origin, now, whole)
            if change:
                changes.append(change)
                actions[change.article] = decision.action
            if origin.full_text and whole:
                pages += _wanted_page(whole, decision)
        if self._pages:
            await self._pages.put(pages, due=now)  # before the articles: what is queued in vain is forgotten
        conflicts = await self._memory.write(changes, fence)
        for article, action in actions.items():
            if article not in conflicts:
                done[action].append(article)
        return not conflicts

    async def _identify(self, found: Sequence[Found], feed: UUID) -> list[tuple[Identified, Remembered | None]]:
        """Each article with what is remembered of it, the oldest first."""
        own = [article.id for article in found]
        known: dict[UUID, Known] = dict(zip(own, await self._memory.recall(own), strict=True))
        guids = [article.guid.text for article in found if article.guid]
        named = dict(zip(guids, await self._memory.recall_guids(feed, guids), strict=True))
        identified = await aside(len(found), lambda: identify(found, known, named))
        others = [one.article.id for one in identified if one.article.id not in known]
        known |= zip(others, await self._memory.recall(others), strict=True)
        pairs = [(one, known[one.article.id]) for one in reversed(identified)]
        return [(one, memory if isinstance(memory, Remembered) else None) for one, memory in pairs]


def _decide(identified: Identified, known: Remembered | None, origin: Origin, now: datetime) -> Decision:
    return decide(known, identified.article.digest, origin.short_name, unix_ms(now), moved=identified.moved)


def _change(
    identified: Identified,
    decision: Decision,
    known: Remembered | None,
    origin: Origin,
    now: datetime,
    whole: Article | None,
) -> Change | None:
    article, acts = identified.article, decision.action != "nothing"
    guid = identified.guid_change(origin.feed.id, published=acts)
    if not acts and guid is None and identified.address is None:
        return None
    event = _event(article, decision, origin, now, whole) if acts else None
    return Change(article.id, known, decision.memory, event, guid, identified.address)


def _event(article: Found, decision: Decision, origin: Origin, now: datetime, whole: Article | None) -> bytes:
    subject, trace = str(article.id), new_trace()
    if whole is None:
        listing = Listing(id=article.id, feed=origin.feed, seen=now)
        listed_id = f"{article.id}/in/{origin.feed.id}"
        return ArticleListed(
            id=listed_id, source=SOURCE, subject=subject, time=now, traceparent=trace, data=listing
        ).to_wire()
    event = ArticlePublished if decision.action == "publish" else ArticleRevised
    return event(
        id=f"{whole.id}/{whole.revision}", source=SOURCE, subject=subject, time=now, traceparent=trace, data=whole
    ).to_wire()


def _article(article: Found, decision: Decision, origin: Origin, now: datetime) -> Article:
    return compose(
        article,
        feed=origin.feed,
        source=origin.source,
        language=origin.language,
        revision=decision.memory.revision,
        first_seen=datetime.fromtimestamp(decision.memory.first_seen_ms / 1000, UTC),
        seen=now,
    )


def _wanted_page(article: Article, decision: Decision) -> list[WantedPage]:
    wanted = page_wish(article).wanted
    return [WantedPage(article=article, digest=decision.memory.digest, queued_at=article.seen)] if wanted else []
