"""The process of an owner: `python -m services.enrich.story_owner`, run by `keeper`.

The first line on stdin is what it is told, as JSON; when stdin ends it leaves. On stdout it writes its account, a line
of JSON each.
"""

import asyncio
import json
import logging
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from typing import TextIO

from pydantic import RedisDsn
from redis.exceptions import RedisError

from services.contracts.streams import StreamNames
from services.enrich.story_owner.owner import Owner
from services.enrich.story_owner.reader import Astray
from services.wire.allotment import GIB, allot
from services.wire.connection import connect
from services.wire.process import log_to_stderr, run

logger = logging.getLogger("services.enrich.story_owner")

_MEMORY = 4 * GIB
_LEAVE_S = 8.0
_NICE = 10
"""Where cores are short, what is read comes before what it is found to belong to."""


def main(accounts: TextIO) -> None:
    told = json.loads(sys.stdin.readline())
    log_to_stderr("enrich", told["log_level"])
    allot(_MEMORY)
    os.nice(_NICE)

    def tell(account: dict[str, object]) -> None:
        accounts.write(json.dumps(account) + "\n")
        accounts.flush()

    async def serve(stop: asyncio.Event) -> None:
        for name in (signal.SIGINT, signal.SIGTERM):  # either may be sent to the whole group; the parent decides
            asyncio.get_running_loop().remove_signal_handler(name)
            signal.signal(name, signal.SIG_IGN)
        loop = asyncio.get_running_loop()
        threading.Thread(target=_until_stdin_ends, args=(loop, stop), daemon=True).start()
        async with await connect(RedisDsn(told["redis_url"])) as redis:
            while not stop.is_set():
                owner = Owner(redis, StreamNames(prefix=told["prefix"]), tell)
                try:
                    await owner.run(stop)
                except Astray as error:
                    logger.warning("stories are found anew: %s", error)
                except (RedisError, OSError) as error:
                    logger.warning("stories could not be left in order: %s", error)

    run(serve)


def _until_stdin_ends(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """Whoever began this is gone or wants it gone: it may leave in order, but not wait for a Redis that is gone too."""
    sys.stdin.read()
    loop.call_soon_threadsafe(stop.set)
    time.sleep(_LEAVE_S)
    os._exit(1)


if __name__ == "__main__":
    # Where the parent is gone nobody waits for the account any more.
    with suppress(BrokenPipeError), os.fdopen(os.dup(1), "w") as accounts:
        os.dup2(2, 1)  # what a library prints must not come between the accounts
        main(accounts)
