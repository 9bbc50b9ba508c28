"""Wires enrich: settings, connections, the group on the stream of articles, the sign of life."""

import asyncio
import logging
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import NoDecode
from redis.asyncio import Redis

from services.enrich.context import Memory
from services.enrich.emit import Emitter
from services.enrich.enricher import GROUP, Enricher
from services.enrich.feed_dates import FeedDatesMemory, RedisStore
from services.enrich.repeats.buckets import RedisBuckets
from services.enrich.repeats.memory import RepeatMemory
from services.enrich.rules_file import BrokenRules
from services.enrich.step_names import STEP_NAMES
from services.enrich.steps.repeats import REPEATS
from services.enrich.steps.times import TIMES
from services.enrich.thinker import Thinker
from services.wire.connection import connect, new_broker
from services.wire.heartbeat import beat
from services.wire.inbox import Inbox
from services.wire.process import log_to_stderr, read_settings, run, utc_now
from services.wire.quarantine import Quarantine
from services.wire.settings import WireSettings
from services.wire.tasks import end

logger = logging.getLogger(__name__)

SERVICE = "enrich"


class EnrichSettings(WireSettings):
    """What enrich can be told."""

    tags_file: Path | None = Field(
        default=None, description="Rules that give tags, as TOML (default: those that come with Dateline)."
    )
    enrich_skip: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description=f"Steps to switch off, separated by commas: {', '.join(STEP_NAMES)}."
    )

    @field_validator("enrich_skip", mode="before")
    @classmethod
    def _names_of_steps(cls, value: object) -> object:
        names = tuple(name.strip() for name in value.split(",") if name.strip()) if isinstance(value, str) else value
        if isinstance(names, tuple) and (unknown := sorted(set(names) - set(STEP_NAMES))):
            raise ValueError(f"there is no step {unknown[0]!r}: the steps are {', '.join(STEP_NAMES)}")
        return names


def main() -> None:
    """Run until SIGINT or SIGTERM. Status 2: a bad setting or rules file; 1: Redis cannot be reached."""
    settings = read_settings(EnrichSettings)
    log_to_stderr(SERVICE, settings.log_level)
    try:
        thinker = Thinker(settings.tags_file, settings.enrich_skip, settings.log_level)
    except BrokenRules as error:
        logger.error("%s", error)
        raise SystemExit(2) from None
    try:
        run(lambda stop: serve(settings, thinker, stop))
    finally:
        thinker.close()


def _memories(redis: Redis, settings: EnrichSettings) -> list[Memory]:
    """What the steps that run need to know of the past."""
    memories: dict[str, Memory] = {
        TIMES: FeedDatesMemory(RedisStore(redis, settings.stream_prefix)),
        REPEATS: RepeatMemory(RedisBuckets(redis, settings.stream_prefix)),
    }
    return [memory for step, memory in memories.items() if step not in settings.enrich_skip]


async def serve(settings: EnrichSettings, thinker: Thinker, stop: asyncio.Event) -> None:
    """Enrich what arrives until `stop` is set. Raises `BrokerUnreachable`."""
    streams = settings.streams
    async with await connect(settings.redis_url) as redis:
        broker = new_broker(settings.redis_url)
        await broker.connect()
        inbox = Inbox(
            broker,
            redis,
            stream=streams.articles,
            group=GROUP,
            consumer=settings.consumer,
            handle=Enricher(thinker, Emitter(redis, streams, GROUP), utc_now, _memories(redis, settings)),
            quarantine=Quarantine(redis, streams.quarantine, utc_now),
            retry=settings.retry,
        )
        try:
            async with inbox:
                heart = asyncio.create_task(beat(redis, settings, SERVICE, lambda: inbox.reading), name="heartbeat")
                logger.info("reads %s as %s of %s", streams.articles, settings.consumer, GROUP)
                try:
                    await stop.wait()
                finally:
                    await end(heart)
        finally:
            await broker.stop()
    logger.info("stopped")
