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

from redis.exceptions import RedisError

from services.contracts.streams import StreamNames
from services.enrich.story_owner.owner import Owner
from services.enrich.story_owner.reader import Astray
from services.wire.allotment import GIB, allot
from services.wire.broker_url import BrokerUrl
from services.wire.connection import connect
from services.wire.process import log_to_stderr, run, wait_for_end_of_stdin
from services.wire.tasks import end

logger = logging.getLogger("services.enrich.story_owner")

_MEMORY = 4 * GIB
_LEAVE_S = 5.0
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
        loop = asyncio.get_running_loop()
        loop.remove_signal_handler(signal.SIGINT)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to the whole group; the parent decides
        threading.Thread(target=_until_stdin_ends, args=(loop, stop), daemon=True).start()
        leaving = asyncio.create_task(_leave_in_time(stop), name="leaving")
        async with await connect(BrokerUrl.parse(told["redis_url"]), prefix=told["prefix"]) as redis:
            while not stop.is_set():
                owner = Owner(redis, StreamNames(prefix=told["prefix"]), tell)
                try:
                    await owner.run(stop)
                except Astray as error:
                    logger.warning("stories are found anew: %s", error)
                except (RedisError, OSError) as error:
                    logger.warning("stories could not be left in order: %s", error)
        await end(leaving)

    run(serve)


async def _leave_in_time(stop: asyncio.Event) -> None:
    """Told to stop it may leave in order, but not wait for a Redis that is gone too."""
    await stop.wait()
    threading.Thread(target=_leave_at_last, daemon=True).start()


def _until_stdin_ends(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    wait_for_end_of_stdin()
    with suppress(RuntimeError):  # the loop has ended
        loop.call_soon_threadsafe(stop.set)
    _leave_at_last()


def _leave_at_last() -> None:
    time.sleep(_LEAVE_S)
    os._exit(1)


if __name__ == "__main__":
    # Where the parent is gone nobody waits for the account any more.
    with suppress(BrokenPipeError), os.fdopen(os.dup(1), "w") as accounts:
        os.dup2(2, 1)  # what a library prints must not come between the accounts
        main(accounts)
