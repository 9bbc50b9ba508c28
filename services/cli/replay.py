"""`dateline replay`: stored articles enriched again, and the read model made anew, while serving goes on."""

import asyncio
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.options import ApiUrl
from services.cli.trouble import Trouble

if TYPE_CHECKING:
    from services.enrich.app import EnrichSettings
    from services.enrich.replay import Progress, Wanted

replay = typer.Typer(no_args_is_help=True, help="Enrich stored articles again, or make the read model anew.")

_ASK_S = 0.5


@replay.command()
def enrich(
    since: Annotated[str | None, typer.Option("--since", help="Articles that came from this time on.")] = None,
    source: Annotated[
        str | None, typer.Option("--source", help="Articles of this publisher, e.g. example.org.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Also what the present version has enriched already.")] = False,
    rate: Annotated[float, typer.Option("--rate", min=0.1, help="Articles a second at most.")] = 100.0,
    redis_url: Annotated[
        str | None, typer.Option(envvar="DATELINE_REDIS_URL", help="The server. [default: redis://127.0.0.1:6379/0]")
    ] = None,
) -> None:
    """Enrich the articles of the stream again with the present version, where an earlier one did it.

    New articles go first. Stopped, it goes on from there when it is started again with the same options. It takes the
    settings of enrich (DATELINE_TAGS_FILE and so on); give it the same.
    """
    from services.api.http.parameters import to_instant
    from services.enrich.app import EnrichSettings
    from services.enrich.replay import AnotherReplay, Wanted
    from services.wire.connection import BrokerUnreachable
    from services.wire.process import read_settings

    try:
        wanted = Wanted.of(to_instant(since) if since else None, source, force)
    except ValueError as error:
        raise Trouble(f"--since {since} is {error}.") from None
    settings = read_settings(EnrichSettings)
    if redis_url:
        settings = EnrichSettings.model_validate(settings.model_dump() | {"redis_url": redis_url})
    try:
        done, total = asyncio.run(_replay(settings, wanted, rate))
    except (AnotherReplay, BrokerUnreachable) as error:
        raise Trouble(f"{error}.") from error
    except KeyboardInterrupt:
        raise Trouble("stopped; started again with the same options it goes on from here.") from None
    print(f"{done} articles enriched again" if total else "nothing to do: all were enriched by the present version")


async def _replay(settings: "EnrichSettings", wanted: "Wanted", rate: float) -> tuple[int, int]:
    from services.enrich.app import memories_of
    from services.enrich.replay import Replay
    from services.enrich.thinker import Thinker
    from services.wire.connection import connect
    from services.wire.process import utc_now

    last = None
    show = _shower()
    async with await connect(settings.redis_url, patience_s=5.0) as redis:
        thinker = await asyncio.to_thread(Thinker, settings.tags_file, settings.enrich_skip, settings.log_level)
        try:
            run = Replay(redis, settings.streams, thinker, memories_of(redis, settings), utc_now, rate)
            async for last in run.run(wanted):
                show(_said(last))
        finally:
            thinker.close()
    return (last.done, last.total) if last else (0, 0)


def _said(progress: "Progress") -> str:
    waits = ", waits while new articles are enriched" if progress.waiting else ""
    return f"{progress.done} of {progress.total}{waits}"


@replay.command()
def api(api: ApiUrl = "http://127.0.0.1:8000") -> None:
    """Make the read model anew from the streams, with what it has that they do not reach any more.

    The old one is served until the new one takes its place; readers notice nothing.
    """
    from services.cli.api_client import Api

    show = _shower()
    with Api(api) as client:
        state: dict[str, Any] = client.json("POST", "/v1/rebuild")
        while state["state"] == "running":
            show(f"{state['events']} events")
            time.sleep(_ASK_S)
            state = client.json("GET", "/v1/rebuild")
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
