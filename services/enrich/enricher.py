"""The batch handler: deliveries of article events in, enrichment events out."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from services.contracts.articles import ArticleListed, ArticlePublished, ArticleRevised
from services.contracts.enrichments import ArticleEnriched, Enrichment
from services.contracts.registry import UnreadableEvent, read_event
from services.contracts.tracing import next_span
from services.enrich.emit import Emitter, Settlement
from services.enrich.pipeline import Pipeline
from services.wire.messages import Delivery
from services.wire.quarantine import quarantined

logger = logging.getLogger(__name__)

GROUP = "enrich"
SOURCE = "/enrich"

ArticleContent = ArticlePublished | ArticleRevised


class Enricher:
    """Called with each batch. Thinks in a thread, so that the connection to Redis stays alive meanwhile."""

    def __init__(self, pipeline: Pipeline, emitter: Emitter, clock: Callable[[], datetime]) -> None:
        self._pipeline, self._emitter, self._clock = pipeline, emitter, clock

    async def __call__(self, deliveries: Sequence[Delivery]) -> None:
        settlements = await asyncio.to_thread(decide, deliveries, self._pipeline, self._clock())
        for settlement in settlements:
            if settlement.outcome == "quarantined":
                logger.warning("entry %s went to quarantine", settlement.entry_id)
        await self._emitter.settle(settlements)


def decide(deliveries: Sequence[Delivery], pipeline: Pipeline, now: datetime) -> list[Settlement]:
    """What is to become of each delivery, in order."""
    readings = [(delivery, _read(delivery)) for delivery in deliveries]
    contents = [event for _, event in readings if isinstance(event, ArticleContent)]
    enrichments = iter(pipeline.enrich(event.data for event in contents))
    return [
        _settlement(delivery, event, now, next(enrichments) if isinstance(event, ArticleContent) else None)
        for delivery, event in readings
    ]


def _read(delivery: Delivery) -> ArticleContent | ArticleListed | str:
    """The event, or why it is none that belongs here."""
    try:
        event = read_event(delivery.payload)
    except UnreadableEvent as error:
        return str(error)
    if isinstance(event, ArticleContent | ArticleListed):
        return event
    return f"{event.type} does not belong on {delivery.stream}"


def _settlement(
    delivery: Delivery, event: ArticleContent | ArticleListed | str, now: datetime, enrichment: Enrichment | None
) -> Settlement:
    if isinstance(event, str):
        return Settlement(delivery.entry_id, "quarantined", quarantined(delivery, GROUP, event, now))
    if enrichment is None:
        return Settlement(delivery.entry_id, "acknowledged")
    return Settlement(delivery.entry_id, "enriched", enriched(enrichment, event.traceparent, now).to_wire())


def enriched(enrichment: Enrichment, traceparent: str | None, now: datetime) -> ArticleEnriched:
    """The event of an enrichment, in the trace of the event that it came from."""
    return ArticleEnriched(
        id=f"{enrichment.id}/{enrichment.revision}/{enrichment.version}",
        source=SOURCE,
        subject=str(enrichment.id),
        time=now,
        traceparent=next_span(traceparent),
        data=enrichment,
    )
