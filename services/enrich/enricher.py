"""The batch handler: deliveries of article events in, enrichment events out."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from services.contracts.articles import Article, ArticleListed, ArticlePublished, ArticleRevised
from services.contracts.enrichments import ArticleEnriched, Enrichment
from services.contracts.registry import UnreadableEvent, read_event
from services.contracts.tracing import next_span
from services.enrich.context import Arrival, Context, Memory, gather, place_of
from services.enrich.emit import Emitter, Settlement
from services.enrich.setups import Setups
from services.wire.messages import Delivery
from services.wire.quarantine import quarantined

logger = logging.getLogger(__name__)

GROUP = "enrich"
SOURCE = "/enrich"

ArticleContent = ArticlePublished | ArticleRevised
Reading = ArticleContent | ArticleListed | str
"""An event of an article, or why a delivery holds none."""


class Enriches(Protocol):
    """A `Pipeline`, or a `Thinker` with one in a process of its own."""

    def enrich(self, articles: Sequence[Article], contexts: Sequence[Context], /) -> Sequence[Enrichment]: ...


class Enricher:
    """Called with each batch. Waits in a thread, so that the connection to Redis stays alive meanwhile."""

    def __init__(
        self,
        pipeline: Enriches,
        setups: Setups,
        emitter: Emitter,
        clock: Callable[[], datetime],
        memories: Sequence[Memory] = (),
    ) -> None:
        self._pipeline, self._setups, self._emitter = pipeline, setups, emitter
        self._clock, self._memories = clock, memories

    async def __call__(self, deliveries: Sequence[Delivery]) -> None:
        readings = await asyncio.to_thread(read, deliveries)
        arrivals = _arrivals(deliveries, readings)
        contexts = await gather(arrivals, self._memories)
        found = await asyncio.to_thread(self._pipeline.enrich, [one.article for one in arrivals], contexts)
        dated = await self._setups.dated(found)
        settlements = await asyncio.to_thread(decide, deliveries, readings, dated, self._clock())
        for settlement in settlements:
            if settlement.outcome == "quarantined":
                logger.warning("entry %s went to quarantine", settlement.entry_id)
        await self._emitter.settle(settlements)


def decide(
    deliveries: Sequence[Delivery],
    readings: Sequence[Reading],
    found: Sequence[Enrichment],
    now: datetime,
) -> list[Settlement]:
    """What is to become of each delivery, in order. `found` has one for each reading that is an article."""
    enrichments = iter(found)
    return [
        _settlement(delivery, event, now, next(enrichments) if isinstance(event, ArticleContent) else None)
        for delivery, event in zip(deliveries, readings, strict=True)
    ]


def read(deliveries: Sequence[Delivery]) -> list[Reading]:
    """The event of each, or why it is none that belongs here."""
    return [_read(delivery) for delivery in deliveries]


def _arrivals(deliveries: Sequence[Delivery], readings: Sequence[Reading]) -> list[Arrival]:
    return [
        Arrival(event.data, place_of(delivery.entry_id))
        for delivery, event in zip(deliveries, readings, strict=True)
        if isinstance(event, ArticleContent)
    ]


def _read(delivery: Delivery) -> Reading:
    try:
        event = read_event(delivery.payload)
    except UnreadableEvent as error:
        return str(error)
    if isinstance(event, ArticleContent | ArticleListed):
        return event
    return f"{event.type} does not belong on {delivery.stream}"


def _settlement(delivery: Delivery, event: Reading, now: datetime, enrichment: Enrichment | None) -> Settlement:
    if isinstance(event, str):
        return Settlement(delivery.entry_id, "quarantined", quarantined(delivery, GROUP, event, now))
    if enrichment is None:
        return Settlement(delivery.entry_id, "acknowledged")
    return Settlement(delivery.entry_id, "enriched", enriched(enrichment, event.traceparent, now).to_wire())


def enriched(enrichment: Enrichment, traceparent: str | None, now: datetime) -> ArticleEnriched:
    """The event of an enrichment, in the trace of the event that it came from."""
    since = f"/{enrichment.setup.since}" if enrichment.setup else ""
    return ArticleEnriched(
        id=f"{enrichment.id}/{enrichment.revision}/{enrichment.version}{since}",
        source=SOURCE,
        subject=str(enrichment.id),
        time=now,
        traceparent=next_span(traceparent),
        data=enrichment,
    )
