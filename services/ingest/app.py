"""The ingest service: reads its settings, opens its clients, runs until it is told to stop."""

import asyncio
import logging
from contextlib import AsyncExitStack
from datetime import timedelta

from services.contracts.commands import AddFeedData
from services.contracts.identity import feed_id
from services.ingest.commands import GROUP, CommandHandler, FeedList
from services.ingest.fetch import Fetcher, Limits
from services.ingest.hosts import Hosts, Manners
from services.ingest.memory import Memory
from services.ingest.opml import BadList, Outline, read_opml
from services.ingest.parsers import Parsers
from services.ingest.poller import Pace, Poller
from services.ingest.publish import Publisher
from services.ingest.reading import Reader
from services.ingest.registry import Registry
from services.ingest.rhythm import Bounds
from services.ingest.settings import IngestSettings
from services.wire.connection import connect, new_broker
from services.wire.heartbeat import beat
from services.wire.inbox import Inbox
from services.wire.process import log_to_stderr, read_settings, run, utc_now
from services.wire.quarantine import Quarantine
from services.wire.retention import keep_trimmed
from services.wire.tasks import end

logger = logging.getLogger(__name__)


def main() -> None:
    """Run the service. Ends with status 1 or 2 and one line on stderr when it cannot run."""
    settings = read_settings(IngestSettings)
    log_to_stderr("ingest", settings.log_level)
    try:
        listed = read_opml(settings.opml.read_bytes(), name=str(settings.opml)) if settings.opml else []
    except (BadList, OSError) as error:
        logger.error("the feed list cannot be read: %s", error)
        raise SystemExit(2) from None
    run(lambda stop: serve(settings, listed, stop))


async def serve(settings: IngestSettings, listed: list[Outline], stop: asyncio.Event) -> None:
    """Poll and publish until `stop` is set. Raises `BrokerUnreachable`."""
    names = settings.streams
    async with AsyncExitStack() as stack:
        redis = await connect(settings.redis_url)
        stack.push_async_callback(redis.aclose)
        registry = Registry(redis, settings.stream_prefix, names.feeds)
        feeds = FeedList(registry, utc_now)
        fetcher = await stack.enter_async_context(new_fetcher(settings))
        parsers = await stack.enter_async_context(Parsers())
        poller = Poller(
            registry=registry,
            reader=Reader(
                fetcher=fetcher,
                parse=parsers.parse,
                publisher=Publisher(Memory(redis, settings.stream_prefix, names.articles)),
                clock=utc_now,
            ),
            hosts=Hosts(Manners(settings.host_concurrency, settings.host_spacing_s, settings.allow_hosts)),
            bounds=Bounds(settings.poll_interval_s, settings.poll_max_s, settings.poll_min_s),
            pace=Pace(settings.concurrency, settings.lease_s),
            clock=utc_now,
        )
        for outline in listed:
            data = AddFeedData(id=feed_id(outline.url), url=outline.url, title=outline.title, tags=outline.tags)
            await feeds.add(data, command=None)
        broker = new_broker(settings.redis_url)
        await broker.connect()
        stack.push_async_callback(broker.stop)
        quarantine = Quarantine(redis, names.quarantine, utc_now)
        inbox = Inbox(
            broker,
            redis,
            stream=names.commands,
            group=GROUP,
            consumer=settings.consumer,
            handle=CommandHandler(feeds, redis, quarantine),
            quarantine=quarantine,
            retry=settings.retry,
        )
        await stack.enter_async_context(inbox)
        polling = asyncio.create_task(poller.run(), name="poller")
        beating = asyncio.create_task(beat(redis, settings, "ingest", lambda: not polling.done()), name="heartbeat")
        streams = (names.articles, names.enrichments, names.feeds, names.commands)
        retain = timedelta(days=settings.retain_days)
        trimming = asyncio.create_task(keep_trimmed(redis, streams, retain, utc_now), name="trimming")
        stopping = asyncio.create_task(stop.wait(), name="stop")
        logger.info("ingest runs with %d listed feeds", len(listed))
        await asyncio.wait((polling, beating, trimming, stopping), return_when=asyncio.FIRST_COMPLETED)
        await end(polling, beating, trimming, stopping)


def new_fetcher(settings: IngestSettings) -> Fetcher:
    """A fetcher as the settings want it."""
    limits = Limits(settings.fetch_timeout_s, settings.max_body_bytes, Pace(settings.concurrency).most)
    return Fetcher(user_agent=settings.user_agent, allowed_hosts=settings.allow_hosts, limits=limits, clock=utc_now)
