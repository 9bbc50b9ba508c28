"""The API's process: what it opens, how it is put together, how it starts and stops."""

import asyncio
import importlib.metadata
import logging
import os
import socket
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import uvicorn
from fastapi import FastAPI
from redis.asyncio import Redis

from services.api.access.described import describe_access
from services.api.access.guard import Guard, Policy
from services.api.access.keyring import Keyring
from services.api.access.store import KeyStore
from services.api.anew.rebuilding import Rebuilding, forget_unfinished
from services.api.beginnings import out_of_reach
from services.api.commanding import Commands
from services.api.http.articles import article_routes
from services.api.http.contract import contract_routes
from services.api.http.counts import count_routes
from services.api.http.dead_letters import dead_letter_routes
from services.api.http.facets import facet_routes
from services.api.http.feed_lists import feed_list_routes
from services.api.http.feeds import feed_routes
from services.api.http.feeds_out import output_routes
from services.api.http.head import HeadAsGet
from services.api.http.headlines import headline_routes
from services.api.http.health import health_routes
from services.api.http.hubs import hub_routes
from services.api.http.open_reading import OpenReading
from services.api.http.problems import ProblemDocument, answer_with_pages, answer_with_problems
from services.api.http.push import push_routes
from services.api.http.quarantine import quarantine_routes
from services.api.http.rebuild import rebuild_routes
from services.api.http.reference import reference_routes
from services.api.http.remembered import Remembered
from services.api.http.representation import Representation
from services.api.http.search_feeds import search_feed_routes
from services.api.http.searches import search_routes
from services.api.http.stories import story_routes
from services.api.http.story_edits import story_edit_routes
from services.api.http.stream import Opening, stream_routes
from services.api.http.submissions import submission_routes
from services.api.http.webhook_secrets import secret_routes
from services.api.http.webhooks import webhook_routes
from services.api.live.hub import Hub
from services.api.live.line import WithLine
from services.api.openapi.described import describe_contract, operation_name
from services.api.page.routes import page_routes
from services.api.pruning import keep_pruned
from services.api.reading import Reading, SetAside
from services.api.readmodel.horizon import Keep
from services.api.readmodel.lock import only_one
from services.api.readmodel.model import ReadModel
from services.api.readmodel.position import Stream
from services.api.rewinding import marker, rewind
from services.api.room import Room
from services.api.searches.courier import Means
from services.api.searches.dispatch import Dispatch
from services.api.searches.patience import Patience
from services.api.searches.sending import Sender
from services.api.searches.shelf import Shelf
from services.api.settings import ApiSettings
from services.wire.connection import connect, new_broker
from services.wire.expectations import Expectations
from services.wire.group_notes import has_lost
from services.wire.held_events import HeldEvents
from services.wire.inbox import Inbox
from services.wire.process import utc_now
from services.wire.starting import when_up
from services.wire.tasks import end

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]
_GOODBYE_S = 5
_BACKLOG = 2_048


class AddressTaken(Exception):
    """The API cannot listen where it was told to. Tell the operator."""


@dataclass(frozen=True, slots=True)
class Running:
    """What the routes need of the running service."""

    model: ReadModel
    hub: Hub
    redis: Redis
    inboxes: Sequence[tuple[str, Inbox]]
    keys: KeyStore | None = None
    searches: Shelf | None = None
    rebuilding: Rebuilding | None = None


@asynccontextmanager
async def running(settings: ApiSettings, clock: Clock = utc_now) -> AsyncIterator[Running]:
    """The service without HTTP: events are applied while this is entered.

    Raises `DatabaseUnusable`, `KeysUnusable`, `SearchesUnusable` and `BrokerUnreachable`.
    """
    names, hub = settings.streams, Hub(settings.stream_backlog)
    async with AsyncExitStack() as stack:
        stack.enter_context(only_one(settings.database_path))
        forget_unfinished(settings)
        model = await stack.enter_async_context(ReadModel(settings.database_path, announce=hub.publish))
        hub.begin((await model.counts()).changes, await model.position())
        await stack.enter_async_context(hub.delivering())
        keep = Keep(timedelta(days=settings.journal_days), settings.journal_rows)
        stack.push_async_callback(end, asyncio.create_task(keep_pruned(model, keep, clock)))
        keys = stack.enter_context(KeyStore(settings.keys_file))
        searches = await stack.enter_async_context(Shelf(settings.searches_file))
        sender = await stack.enter_async_context(Sender(settings.hosts, f"Dateline/{_version()} (webhooks)", clock))
        patience = Patience(settings.webhook_retry_s, tries=settings.webhook_tries)
        dispatch = Dispatch(Means(model, hub, searches, sender, patience, clock))
        hub.watchers.append(dispatch.heard)
        await stack.enter_async_context(dispatch.delivering())
        redis = await connect(settings.redis_url, prefix=settings.stream_prefix)
        stack.push_async_callback(redis.aclose)
        broker = new_broker(settings.redis_url, prefix=settings.stream_prefix)
        await when_up(broker.connect)
        stack.push_async_callback(broker.stop)
        held, restored = HeldEvents(redis, names), marker(settings.database_path).exists()
        inboxes = []
        streams = {Stream.ARTICLES: names.articles, Stream.ENRICHMENTS: names.enrichments, Stream.FEEDS: names.feeds}
        for stream, name in streams.items():

            async def find_place(stream: Stream = stream, name: str = name) -> None:
                if (gone := await out_of_reach(redis, name)) is not None:
                    missed = restored or await has_lost(redis, settings.stream_prefix, (name, settings.api_group))
                    await model.begin_after(stream, gone, restored=missed)
                come_to = (await model.position())[stream]
                await rewind(redis, name, settings.api_group, come_to, held, restored=restored)

            await when_up(find_place)
            quarantine = SetAside(redis, names.quarantine, clock, model, stream)
            inbox = Inbox(
                broker,
                redis,
                stream=name,
                group=settings.api_group,
                consumer=settings.consumer,
                handle=Reading(model, redis, quarantine, stream, settings.api_group),
                quarantine=quarantine,
                retry=settings.retry,
                batch_size=settings.api_batch,
                limit_s=settings.batch_limit_s,
                stop_s=settings.stop_s,
                outages=(sqlite3.OperationalError,),  # a full disk, a database that others hold
            )
            inboxes.append((name, await stack.enter_async_context(inbox)))
        marker(settings.database_path).unlink(missing_ok=True)
        rebuilding = Rebuilding(settings, model, redis)
        stack.push_async_callback(rebuilding.close)
        yield Running(model, hub, redis, inboxes, keys, searches, rebuilding)


def create_app(settings: ApiSettings, service: Running, clock: Clock = utc_now) -> FastAPI:
    """The HTTP application over a running service."""
    version = _version()
    app = FastAPI(
        title="Dateline",
        version=version,
        summary="A self-hosted news wire: merged and dated headlines.",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=operation_name,
        responses={"4XX": {"model": ProblemDocument, "description": "What is wrong with the request."}},
    )
    answer_with_problems(app)
    # The last one added is the first to see a request.
    app.add_middleware(Representation)
    app.add_middleware(Remembered, commits=lambda: service.model.commits, monotonic=time.monotonic)
    policy = Policy(settings.reading == "open", settings.rate_per_address, settings.rate_per_key)
    keyring = Keyring(settings.admin_key.get_secret_value() if settings.admin_key else None, service.keys)
    app.add_middleware(Guard, policy=policy, keyring=keyring, now=clock, monotonic=time.monotonic)
    describe_access(app, reading_open=policy.reading_open)
    describe_contract(app)
    app.add_middleware(HeadAsGet)
    app.add_middleware(OpenReading, origins=settings.cors_origins.replace(",", " ").split())
    room = Room(service.redis, settings.stream_prefix, time.monotonic)
    commands = Commands(service.redis, settings.streams.commands, room)
    held = HeldEvents(service.redis, settings.streams)
    pages, problem_page = page_routes(service.model, commands, keyring, clock)
    answer_with_pages(app, problem_page)
    opening = Opening(service.model, service.hub, settings.stream_per_address, clock)
    for routes in (
        article_routes(service.model),
        submission_routes(commands, clock),
        headline_routes(service.model, clock),
        output_routes(service.model, clock),
        count_routes(service.model, clock),
        facet_routes(service.model),
        feed_list_routes(service.model, commands, clock),
        feed_routes(service.model, commands, clock),
        push_routes(commands, Expectations(service.redis, settings.stream_prefix), clock),
        hub_routes(service.model),
        story_routes(service.model, clock),
        story_edit_routes(service.model, commands, clock),
        stream_routes(opening),
        search_routes(service.searches, clock),
        search_feed_routes(service.model, service.searches, opening, clock),
        webhook_routes(service.searches, service.hub, settings.hosts, clock),
        secret_routes(service.searches, clock),
        dead_letter_routes(service.searches),
        quarantine_routes(held),
        rebuild_routes(service.rebuilding),
        health_routes(service.model, service.redis, service.inboxes, settings.streams, held, settings.keeping),
        contract_routes(settings.streams, version),
        reference_routes(app.openapi),
        pages,
    ):
        app.include_router(routes)
    return app


async def serve(settings: ApiSettings, stop: asyncio.Event) -> None:
    """Run until `stop` is set. Raises `AddressTaken` and what `running` raises."""
    with listening_socket(settings.http_host, settings.http_port) as listener:
        async with running(settings) as service:
            server = http_server(create_app(settings, service), settings.proxies)
            host, port = listener.getsockname()[:2]
            logger.info("listening on http://%s:%d", f"[{host}]" if ":" in host else host, port)
            serving = asyncio.create_task(server.serve([listener]))
            stopping = asyncio.create_task(stop.wait())
            await asyncio.wait((serving, stopping), return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            service.hub.close()
            server.should_exit = True
            await serving


def http_server(app: FastAPI, proxies: Sequence[str] = ()) -> uvicorn.Server:
    """The server as the API runs it. Signals are left to whoever does; `should_exit` ends it. What the `proxies`
    (addresses and networks) say of where a request comes from is believed."""
    return _Server(
        uvicorn.Config(
            app,
            http=WithLine,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=bool(proxies),
            forwarded_allow_ips=list(proxies),
            timeout_graceful_shutdown=_GOODBYE_S,
        )
    )


def _version() -> str:
    try:
        return importlib.metadata.version("dateline")
    except importlib.metadata.PackageNotFoundError:  # run from a checkout that is not installed
        return "0+unknown"


class _Server(uvicorn.Server):
    """Leaves signals to the process, which sets `stop`."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextmanager
def listening_socket(host: str, port: int) -> Iterator[socket.socket]:
    """Where the API listens. Raises `AddressTaken`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        hint = "set DATELINE_HTTP_HOST and DATELINE_HTTP_PORT to an address that is free"
        raise AddressTaken(f"cannot listen on {host}:{port}: {os.strerror(error.errno or 0)}; {hint}") from error
    with listener:
        # Its connections inherit it. asyncio sets it only where a socket names its protocol, which `create_server` does
        # not: each answer of two parts waited for the client's delayed acknowledgement, 40 ms.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield listener
