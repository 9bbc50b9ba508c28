"""The child process that makes a read model anew: `python -m services.api.anew`, run by `rebuilding`.

Its argument is what is to be read from the streams, as JSON. It ends when stdin does: whoever wanted it is gone, and
the next API may be making another at the same place.
"""

import asyncio
import json
import logging
import os
import sys
import threading

from redis.exceptions import RedisError

from services.api.anew.build import Anew, Wanted
from services.api.anew.rebuilding import fresh_file, streams_of
from services.api.readmodel.schema import DatabaseUnusable, open_writer
from services.api.settings import ApiSettings
from services.wire.connection import BrokerUnreachable, connect
from services.wire.process import log_to_stderr, read_settings, wait_for_end_of_stdin

logger = logging.getLogger("services.api.anew")


async def make(settings: ApiSettings, wanted: Wanted) -> None:
    """What the child does. It says how far it is on stdout, a JSON object a line; the last one has what is left."""
    new = open_writer(fresh_file(settings))
    new.execute("PRAGMA synchronous = OFF")  # a crash throws all of it away
    async with await connect(settings.redis_url, prefix=settings.stream_prefix) as redis:
        streams, group, old = streams_of(settings), settings.api_group, settings.database_path
        anew = Anew(redis, streams, group, old, new, _say_events, wanted=wanted)
        await anew.build()
    waiting = {int(stream): entries for stream, entries in anew.waiting.entries.items()}
    new.close()
    print(json.dumps({"events": anew.events, "taken": anew.taken, "waiting": waiting}), flush=True)  # noqa: T201


def _say_events(events: int) -> None:
    print(json.dumps({"events": events}), flush=True)  # noqa: T201


def _until_stdin_ends() -> None:
    wait_for_end_of_stdin()
    os._exit(1)


def main() -> None:
    settings = read_settings(ApiSettings)
    log_to_stderr("api", settings.log_level)
    os.nice(10)  # who reads goes first
    threading.Thread(target=_until_stdin_ends, daemon=True).start()
    try:
        asyncio.run(make(settings, Wanted(**json.loads(sys.argv[1]))))
    except (BrokerUnreachable, DatabaseUnusable, RedisError, OSError) as error:
        logger.error("%s", error)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
