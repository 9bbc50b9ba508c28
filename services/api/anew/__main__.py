"""The child process that makes a read model anew: `python -m services.api.anew`, run by `rebuilding`."""

import asyncio
import json
import logging
import os

from services.api.anew.build import Anew
from services.api.anew.rebuilding import fresh_file, streams_of
from services.api.readmodel.schema import DatabaseUnusable, open_writer
from services.api.settings import ApiSettings
from services.wire.connection import BrokerUnreachable, connect
from services.wire.process import log_to_stderr, read_settings

logger = logging.getLogger("services.api.anew")


async def make(settings: ApiSettings) -> None:
    """What the child does. It says how far it is on stdout, a JSON object a line; the last one has what is left."""
    new = open_writer(fresh_file(settings))
    new.execute("PRAGMA synchronous = OFF")  # a crash throws all of it away
    async with await connect(settings.redis_url) as redis:
        anew = Anew(redis, streams_of(settings), settings.api_group, settings.database_path, new, _say_events)
        await anew.build()
    waiting = {int(stream): entries for stream, entries in anew.waiting.entries.items()}
    new.close()
    print(json.dumps({"events": anew.events, "taken": anew.taken, "waiting": waiting}), flush=True)  # noqa: T201


def _say_events(events: int) -> None:
    print(json.dumps({"events": events}), flush=True)  # noqa: T201


def main() -> None:
    settings = read_settings(ApiSettings)
    log_to_stderr("api", settings.log_level)
    os.nice(10)  # who reads goes first
    try:
        asyncio.run(make(settings))
    except (BrokerUnreachable, DatabaseUnusable) as error:
        logger.error("%s", error)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
