"""`dateline replay`: stored articles enriched again, and the read model made anew, while serving goes on."""

import asyncio
import signal
import sys
import time
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.options import ApiUrl
from services.cli.since import since_of
from services.cli.trouble import Trouble

if TYPE_CHECKING:
    from services.enrich.app import EnrichSettings
    from services.enrich.outdated import Wanted
    from services.enrich.replay import Progress

replay = typer.Typer(no_args_is_help=True, help="Enrich stored articles again, or make the read model anew.")

_ASK_S = 0.5
_GOES_ON = "started again with the same options it goes on from here"

Since = Annotated[
    str | None, typer.Option("--since", help="Only what came from this time on: 2d, 12h, 2026-03-01, or an instant.")
]
OfSource = Annotated[str | None, typer.Option("--source", help="Only articles of this publisher, e.g. example.org.")]


@replay.command()
def enrich(
    since: Since = None,
    source: OfSource = None,
    force: Annotated[bool, typer.Option("--force", help="Also what would come out as it is already.")] = False,
    rate: Annotated[float, typer.Option("--rate", min=0.1, help="Articles a second at most.")] = 100.0,
    redis_url: Annotated[
        str | None, typer.Option(envvar="DATELINE_REDIS_URL", help="The server. [default: redis://127.0.0.1:6379/0]")
    ] = None,
) -> None:
    """Enrich the articles of the stream again, where an earlier version did it or with other rules.

    New articles go first. Stopped, it goes on from there when it is started again with the same options. It takes the
    settings of enrich (DATELINE_TAGS_FILE, DATELINE_ENRICH_SKIP); give it the same.
    """
    from pydantic import ValidationError
    from redis.exceptions import RedisError

    from services.enrich.app import EnrichSettings
    from services.enrich.outdated import Wanted
    from services.enrich.replay import AnotherReplay
    from services.enrich.rules_file import BrokenRules
    from services.wire.connection import BrokerUnreachable
    from services.wire.process import read_settings, utc_now

    wanted = Wanted.of(since_of(since, utc_now()), source, force, said=since)
    settings = read_settings(EnrichSettings)
    if redis_url:
        try:
            settings = EnrichSettings.model_validate(settings.model_dump() | {"redis_url": redis_url})
        except ValidationError as error:
            raise Trouble(f"--redis-url: {error.errors()[0]['msg'].removeprefix('Value error, ')}.") from None
    try:
        done, total = asyncio.run(_until_told_to_stop(_replay(settings, wanted, rate)))
    except (AnotherReplay, BrokenRules, BrokerUnreachable) as error:
        raise Trouble(f"{error}.") from error
    except RedisError as error:
        raise Trouble(f"the server does not answer any more ({error}); {_GOES_ON}.") from error
    print(f"{done} articles enriched again" if total else "nothing to do: no article would come out otherwise")


async def _until_told_to_stop(work: Coroutine[Any, Any, tuple[int, int]]) -> tuple[int, int]:
    """What comes of it. Left to itself, asyncio cancels it once at Ctrl-C, and that may be swallowed (`wire.tasks`)."""
    from services.wire.tasks import end

    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    working, told = asyncio.create_task(work), asyncio.create_task(stop.wait())
    await asyncio.wait((working, told), return_when=asyncio.FIRST_COMPLETED)
    if stop.is_set() and not working.done():
        await end(working)
        raise Trouble(f"stopped; {_GOES_ON}.")
    told.cancel()
    return await working


async def _replay(settings: "EnrichSettings", wanted: "Wanted", rate: float) -> tuple[int, int]:
    from services.enrich.app import memories_of
    from services.enrich.replay import Replay
    from services.enrich.thinker import Thinker
    from services.wire.connection import connect
    from services.wire.process import utc_now

    last = None
    show = _shower()
    rules = settings.tags_file or "those that come with Dateline"
    off = f", without {', '.join(settings.steps_off)}" if settings.steps_off else ""
    print(f"rules: {rules}{off}", file=sys.stderr, flush=True)
    async with await connect(settings.redis_url, patience_s=5.0, prefix=settings.stream_prefix) as redis:
        thinker = await asyncio.to_thread(Thinker, settings.tags_file, settings.steps_off, settings.log_level)
        try:
            run = Replay(redis, settings.streams, thinker, memories_of(redis, settings), utc_now, rate)
            async for last in run.run(wanted):
                if last.total:
                    show(_said(last))
        finally:
            thinker.close()
    return (last.done, last.total) if last else (0, 0)


def _said(progress: "Progress") -> str:
    waits = ", waits while new articles are enriched" if progress.waiting else ""
    return f"{progress.done} of {progress.total}{waits}"


@replay.command()
def api(since: Since = None, source: OfSource = None, api: ApiUrl = "http://127.0.0.1:8000") -> None:
    """Make the read model anew from the streams. What they do not reach any more, or is not asked for, is taken over.

    The old one is served until the new one takes its place; readers notice nothing.
    """
    from services.cli.api_client import Api
    from services.wire.process import utc_now

    show = _shower()
    moment = since_of(since, utc_now())
    wanted = {"since": moment.isoformat() if moment else None, "source": source}
    try:
        with Api(api) as client:
            state: dict[str, Any] = client.json("POST", "/v1/rebuild", parameters=wanted)
            while state["state"] == "running":
                show(f"{state['events']} events")
                time.sleep(_ASK_S)
                state = client.json("GET", "/v1/rebuild")
    except KeyboardInterrupt:
        raise Trouble("the API goes on with it; ask again with the same options to see how far it is.") from None
    if state["state"] != "done":
        raise Trouble(f"the read model stays as it was: {state['reason']}.")
    print(f"made anew from {state['events']} events: {state['articles']} articles")


def _shower() -> Callable[[str], None]:
    """Says how far it is on stderr: each time on a terminal, else once in 10 s."""
    said_at = 0.0

    def show(text: str) -> None:
        nonlocal said_at
        if sys.stderr.isatty():
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
        elif time.monotonic() - said_at >= 10:
            said_at = time.monotonic()
            print(text, file=sys.stderr, flush=True)

    return show
