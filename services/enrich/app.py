"""Wires enrich: settings, connections, the group on the stream of articles, the sign of life."""

import asyncio
import logging
from contextlib import AsyncExitStack
from dataclasses import asdict
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
from services.enrich.setups import Setups
from services.enrich.step_names import STEP_NAMES, STORIES
from services.enrich.steps.repeats import REPEATS
from services.enrich.steps.times import TIMES
from services.enrich.story_owner.keeper import Keeper, forget_group
from services.enrich.thinker import BATCH_S, NoChild, Thinker
from services.wire.connection import connect, new_broker
from services.wire.group_marks import GroupMarks
from services.wire.heartbeat import beat
from services.wire.inbox import Inbox
from services.wire.process import log_to_stderr, read_settings, run, utc_now
from services.wire.quarantine import Quarantine
from services.wire.settings import WireSettings
from services.wire.starting import when_up
from services.wire.tasks import end

logger = logging.getLogger(__name__)

SERVICE = "enrich"


class EnrichSettings(WireSettings):
    """What enrich can be told."""

    tags_file: Path | None = Field(
        default=None, description="Rules that give tags, as TOML (default: those that come with Dateline)."
    )
    enrich_skip: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description=f"Steps to switch off, separated by commas: {', '.join((*STEP_NAMES, STORIES))}."
    )

    @property
    def steps_off(self) -> tuple[str, ...]:
        """Those of the pipeline, to which stories do not belong."""
        return tuple(step for step in self.enrich_skip if step != STORIES)

    @field_validator("enrich_skip", mode="before")
    @classmethod
    def _names_of_steps(cls, value: object) -> object:
        names = tuple(name.strip() for name in value.split(",") if name.strip()) if isinstance(value, str) else value
        if isinstance(names, tuple) and (unknown := sorted(set(names) - {*STEP_NAMES, STORIES})):
            steps = ", ".join((*STEP_NAMES, STORIES))
            raise ValueError(f"there is no step {unknown[0]!r}: the steps are {steps}")
        return names


def main() -> None:
    """Run until SIGINT or SIGTERM. Status 2: a bad setting or rules file; 1: Redis cannot be reached."""
    settings = read_settings(EnrichSettings)
    log_to_stderr(SERVICE, settings.log_level)
    try:
        thinker = Thinker(settings.tags_file, settings.steps_off, settings.log_level)
    except BrokenRules as error:
        logger.error("%s", error)
        raise SystemExit(2) from None
    except NoChild as error:
        logger.error("%s", error)
        raise SystemExit(1) from None
    try:
        run(lambda stop: serve(settings, thinker, stop))
    finally:
        thinker.close()


def memories_of(redis: Redis, settings: EnrichSettings) -> list[Memory]:
    """What the steps that run need to know of the past."""
    memories: dict[str, Memory] = {
        TIMES: FeedDatesMemory(RedisStore(redis, settings.stream_prefix)),
        REPEATS: RepeatMemory(RedisBuckets(redis, settings.stream_prefix)),
    }
    return [memory for step, memory in memories.items() if step not in settings.enrich_skip]


def _told_of(thinker: Thinker, stories: Keeper | None) -> dict[str, object]:
    """What the sign of life tells: read by `/v1/health`."""
    steps = {name: asdict(count) for name, count in thinker.tally.steps.items()}
    told = {"steps": steps, "broken_rules": thinker.broken_rules}
    return told | ({"stories": stories.account} if stories else {})


async def serve(settings: EnrichSettings, thinker: Thinker, stop: asyncio.Event) -> None:
    """Enrich what arrives until `stop` is set. Raises `BrokerUnreachable`."""
    streams = settings.streams
    async with await connect(settings.redis_url, prefix=settings.stream_prefix) as redis:
        broker = new_broker(settings.redis_url, prefix=settings.stream_prefix)
        await when_up(broker.connect)
        marks = GroupMarks(redis, streams.prefix)
        inbox = Inbox(
            broker,
            redis,
            stream=streams.articles,
            group=GROUP,
            consumer=settings.consumer,
            handle=Enricher(
                thinker,
                Setups(redis, streams),
                Emitter(redis, streams, GROUP),
                utc_now,
                memories_of(redis, settings),
            ),
            quarantine=Quarantine(redis, streams.quarantine, utc_now, marks),
            marks=marks,
            retry=settings.retry,
            limit_s=settings.batch_limit_s + 2 * BATCH_S,  # the child has bounds of its own, which come first
            stop_s=settings.stop_s,
            outages=(NoChild, BrokenRules),
        )
        stories = None if STORIES in settings.enrich_skip else Keeper(settings, streams)
        if stories is None:
            await forget_group(redis, streams)
        try:
            async with AsyncExitStack() as stack, inbox:
                if stories:
                    await stack.enter_async_context(stories)
                beating = beat(redis, settings, SERVICE, lambda: inbox.reading, lambda: _told_of(thinker, stories))
                heart = asyncio.create_task(beating, name="heartbeat")
                logger.info("reads %s as %s of %s", streams.articles, settings.consumer, GROUP)
                try:
                    await stop.wait()
                finally:
                    await end(heart)
        finally:
            thinker.close()  # what was given up must not keep the process
            await broker.stop()
    logger.info("stopped")
