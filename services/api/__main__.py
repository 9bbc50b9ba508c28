"""`python -m services.api`: serve what the streams carry."""

import asyncio
import gc
import logging
import resource
from contextlib import suppress

from services.api.access.store import KeysUnusable
from services.api.app import AddressTaken, serve
from services.api.readmodel.schema import DatabaseUnusable
from services.api.searches.schema import SearchesUnusable
from services.api.settings import ApiSettings
from services.wire.process import log_to_stderr, read_settings, run

_GC = (20_000, 20, 20)
"""A batch makes ten thousands of objects without cycles; looking for some that often took a quarter of the time."""


def main() -> None:
    gc.set_threshold(*_GC)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # each reader of the live stream is an open file
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    settings = read_settings(ApiSettings)
    log_to_stderr("api", settings.log_level)

    async def api(stop: asyncio.Event) -> None:
        await serve(settings, stop)

    try:
        run(api)
    except (AddressTaken, DatabaseUnusable, KeysUnusable, SearchesUnusable) as error:
        logging.getLogger("services.api").error("%s", error)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
