"""The ingest service: reads its settings, opens its clients, runs until it is told to stop."""

import asyncio
import logging
from contextlib import AsyncExitStack

from services.contracts.opml import BadList, Outline, read_opml
from services.ingest.commands import GROUP, CommandHandler, FeedList
from services.ingest.fetch import Fetcher, Limits
from services.ingest.hosts import Hosts, Manners
from services.ingest.listed import add_listed, keep_listed
from services.ingest.memory import Memory
from services.ingest.pages.parser import PageParser
from services.ingest.pages.queue import PageQueue
from services.ingest.pages.reader import PagePace, PageReader
from services.ingest.pages.robots import Robots
from services.ingest.pages.turns import Turns
from services.ingest.parsers import Parsers
from services.ingest.poller import Pace, Poller
from services.ingest.publish import Publisher
from services.ingest.push.asking import Asking
from services.ingest.push.commands import PushCommands
from services.ingest.push.hub_client import HubClient
from services.ingest.push.keeping import PushStates
from services.ingest.reading import Reader
from services.ingest.registry import Registry
from services.ingest.rhythm import Bounds
from services.ingest.settings import IngestSettings
from services.ingest.slowing import NoRoom, Slowing
from services.ingest.submissions import Submissions
from services.wire.connection import connect, new_broker
from services.wire.expectations import Expectations
from services.wire.group_marks import GroupMarks
from services.wire.heartbeat import beat
from services.wire.held_events import HeldEvents, keep_quarantine_bounded
from services.wire.inbox import Inbox
from services.wire.process import log_to_stderr, read_settings, run, utc_now
from services.wire.quarantine import Quarantine
from services.wire.starting import when_up
from services.wire.tasks import end
from services.wire.trimming import keep_trimmed

logger = logging.getLogger(__name__)

_COMMANDS_AT_A_TIME = 20  # one may carry a whole feed
_HUB_TIMEOUT_S = 15.0


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
        redis = await connect(settings.redis_url, prefix=settings.stream_prefix)
        stack.push_async_callback(redis.aclose)
        registry = Registry(redis, settings.stream_prefix, names.feeds)
        feeds = FeedList(registry, utc_now)
        fetcher = await stack.enter_async_context(new_fetcher(settings))
        parsers = await stack.enter_async_context(Parsers())
        memory, pages = Memory(redis, settings.stream_prefix, names.articles), PageQueue(redis, settings.stream_prefix)
        publisher = Publisher(memory, pages)
        manners = Manners(
            settings.host_concurrency, settings.host_spacing_s, settings.allow_hosts, place_s=settings.lease_s
        )
        hosts = Hosts(redis, settings.stream_prefix, manners)
        slowing = Slowing(redis, names, settings.max_stream_bytes)
        bounds = Bounds(settings.poll_interval_s, settings.poll_max_s, settings.poll_min_s)
        reader = Reader(fetcher=fetcher, parse=parsers.parse, publisher=publisher, clock=utc_now)
        states = PushStates(registry, bounds, utc_now)
        expectations = Expectations(redis, settings.stream_prefix)
        asking = await stack.enter_async_context(
            Asking(
                states=states,
                expectations=expectations,
                hubs=await stack.enter_async_context(new_hub_client(settings)),
                public_url=str(settings.public_url) if settings.public_url else None,
                bounds=bounds,
                clock=utc_now,
            )
        )
        poller = Poller(
            registry=registry,
            reader=reader,
            hosts=hosts,
            bounds=bounds,
            pace=Pace(settings.concurrency, settings.lease_s),
            clock=utc_now,
            asking=asking,
            slowing=slowing,
        )
        robots = Robots(fetcher, user_agent=settings.user_agent, clock=utc_now)
        page_parser = await stack.enter_async_context(PageParser(robots.token))
        page_reader = PageReader(
            queue=pages,
            registry=registry,
            memory=memory,
            fetcher=fetcher,
            robots=robots,
            parse=page_parser.parse,
            hosts=hosts,
            turns=Turns(2 * settings.host_spacing_s),
            pace=PagePace(),
            clock=utc_now,
            slowing=slowing,
        )
        push = PushCommands(states=states, expectations=expectations, asking=asking, reader=reader, clock=utc_now)
        await when_up(lambda: add_listed(feeds, listed))
        submissions = Submissions(publisher, redis, settings.stream_prefix, utc_now)
        broker = new_broker(settings.redis_url, prefix=settings.stream_prefix)
        await when_up(broker.connect)
        stack.push_async_callback(broker.stop)
        marks = GroupMarks(redis, names.prefix)
        quarantine = Quarantine(redis, names.quarantine, utc_now, marks)
        inbox = Inbox(
            broker,
            redis,
            stream=names.commands,
            group=GROUP,
            consumer=settings.consumer,
            handle=CommandHandler(feeds, submissions, marks, quarantine, push, slowing),
            quarantine=quarantine,
            marks=marks,
            retry=settings.retry,
            batch_size=_COMMANDS_AT_A_TIME,
            limit_s=settings.batch_limit_s,
            stop_s=settings.stop_s,
            outages=(NoRoom,),
        )
        watching = asyncio.create_task(slowing.watch(), name="slowing")
        stack.push_async_callback(end, watching)
        await stack.enter_async_context(inbox)
        polling = asyncio.create_task(poller.run(), name="poller")
        reading = asyncio.create_task(page_reader.run(), name="page reader")
        beating = asyncio.create_task(
            beat(redis, settings, "ingest", lambda: not (polling.done() or reading.done()), slowing.told),
            name="heartbeat",
        )
        trimming = asyncio.create_task(keep_trimmed(redis, names, settings.keeping, utc_now), name="trimming")
        bounding = asyncio.create_task(keep_quarantine_bounded(HeldEvents(redis, names)), name="quarantine")
        listing = asyncio.create_task(keep_listed(registry, feeds, listed), name="listed feeds")
        stack.push_async_callback(end, bounding, listing)
        stopping = asyncio.create_task(stop.wait(), name="stop")
        logger.info("ingest runs with %d listed feeds", len(listed))
        await asyncio.wait((polling, reading, beating, trimming, stopping), return_when=asyncio.FIRST_COMPLETED)
        await end(polling, reading, beating, trimming, stopping)


def new_fetcher(settings: IngestSettings) -> Fetcher:
    """A fetcher as the settings want it."""
    limits = Limits(settings.fetch_timeout_s, settings.max_body_bytes, Pace(settings.concurrency).most)
    return Fetcher(user_agent=settings.user_agent, allowed_hosts=settings.allow_hosts, limits=limits, clock=utc_now)


def new_hub_client(settings: IngestSettings) -> HubClient:
    return HubClient(
        user_agent=settings.user_agent,
        allowed_hosts=settings.allow_hosts,
        timeout_s=min(settings.fetch_timeout_s, _HUB_TIMEOUT_S),
        connections=settings.concurrency,
    )
