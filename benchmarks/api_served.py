"""`python -m services.api` with one more route, which answers with the bytes of a file from memory.

Whatever else a request costs, such as the server, the guard and the headers, the route costs it too.
"""

import os
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path

from fastapi import FastAPI
from starlette.responses import Response

from services.api import __main__ as process
from services.api import app as api
from services.api.settings import ApiSettings
from services.wire.process import utc_now

FROM_MEMORY = "/v1/from-memory"
FILE = "BENCHMARK_FILE"
"""The environment variable that names the file. It is read at the first request."""

_create = api.create_app


@cache
def _content() -> bytes:
    return Path(os.environ[FILE]).read_bytes()


def _with_one_more(settings: ApiSettings, service: api.Running, clock: Callable[[], datetime] = utc_now) -> FastAPI:
    app = _create(settings, service, clock)

    @app.get(FROM_MEMORY)
    async def from_memory() -> Response:
        return Response(_content(), media_type="application/json")

    # The first one that is tried: the others would be asked before it whether the address is theirs.
    app.router.routes.insert(0, app.router.routes.pop())
    return app


if __name__ == "__main__":
    api.create_app = _with_one_more
    process.main()
