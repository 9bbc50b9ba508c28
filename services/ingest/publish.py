"""Found articles to events on the stream: gather, decide, act."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from services.contracts.articles import ArticleListed, ArticlePublished, ArticleRevised, FeedRef, Listing, Source
from services.contracts.tracing import new_trace
from services.ingest.compose import Found, compose
from services.ingest.memory import Change, Memory
from services.ingest.revise import Decision, Remembered, decide

SOURCE = "/ingest"


@dataclass(frozen=True, slots=True)
class Published:
    """How many articles of one document were new, revised, or known from another feed."""

    new: int = 0
    revised: int = 0
    listed: int = 0

    def __bool__(self) -> bool:
        return bool(self.new or self.revised or self.listed)


@dataclass(frozen=True, slots=True)
class Origin:
    """What all articles of one document have in common."""

    feed: FeedRef
    source: Source
    language: str | None = None

    @property
    def short_name(self) -> str:
        """The feed as `Remembered.feeds` has it."""
        return self.feed.id.hex[:12]


class Publisher:
    """Publishes what is new in a document, each fact exactly once, whoever else publishes at the same time."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def publish(self, found: Sequence[Found], origin: Origin, now: datetime) -> Published:
        """Oldest first, that is, from the end of the document."""
        open_ = list(reversed(found))
        known = dict(
            zip((article.id for article in open_), await self._memory.recall([a.id for a in open_]), strict=True)
        )
        counts = {"publish": 0, "revise": 0, "list": 0}
        while open_:
            decided = _decide(open_, known, origin, now)
            conflicts = await self._memory.write([_change(*pair, known, origin, now) for pair in decided])
            for article, decision in decided:
                if article.id not in conflicts:
                    counts[decision.action] += 1
            open_ = [article for article, _decision in decided if article.id in conflicts]
            known = conflicts
        return Published(counts["publish"], counts["revise"], counts["list"])


def _decide(
    found: Sequence[Found], known: Mapping[UUID, Remembered | None], origin: Origin, now: datetime
) -> list[tuple[Found, Decision]]:
    now_ms = int(now.timestamp() * 1000)
    decided = [(article, decide(known[article.id], article.digest, origin.short_name, now_ms)) for article in found]
    return [(article, decision) for article, decision in decided if decision.action != "nothing"]


def _change(
    article: Found, decision: Decision, known: Mapping[UUID, Remembered | None], origin: Origin, now: datetime
) -> Change:
    event = _event(article, decision, origin, now)
    return Change(article.id, known[article.id], decision.memory, event)


def _event(article: Found, decision: Decision, origin: Origin, now: datetime) -> bytes:
    subject, trace = str(article.id), new_trace()
    if decision.action == "list":
        listing = Listing(id=article.id, feed=origin.feed, seen=now)
        listed_id = f"{article.id}/in/{origin.feed.id}"
        return ArticleListed(
            id=listed_id, source=SOURCE, subject=subject, time=now, traceparent=trace, data=listing
        ).to_wire()
    data = compose(
        article,
        feed=origin.feed,
        source=origin.source,
        language=origin.language,
        revision=decision.memory.revision,
        first_seen=datetime.fromtimestamp(decision.memory.first_seen_ms / 1000, UTC),
        seen=now,
    )
    event = ArticlePublished if decision.action == "publish" else ArticleRevised
    return event(
        id=f"{data.id}/{data.revision}", source=SOURCE, subject=subject, time=now, traceparent=trace, data=data
    ).to_wire()
