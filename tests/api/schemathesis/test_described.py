"""The API is as its OpenAPI document describes it, whatever it is asked: Schemathesis asks, on a real server.

No 5xx; only statuses, media types, headers and bodies that are described; what agrees with the schema is taken, what
does not is refused; no way around keys. The long form is `python -m tests.api.schemathesis --max-examples 500`.
"""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.api.http.sample_wire import sample_wire
from tests.api.schemathesis.running import ask
from tests.conftest import AS_ADMIN

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def http(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    async with sample_wire(tmp_path_factory.mktemp("wire")) as http:
        yield http


async def well(http: httpx.AsyncClient, folder: Path, *options: str, headers: dict[str, str]) -> int:
    """How many requests were made; fails with what Schemathesis says of them."""
    ended, said = await ask(http, folder, "--generation-deterministic", *options, headers=headers)
    assert ended == 0, said
    return sum(int(count) for count in re.findall(r"(\d+) generated", said))


async def test_without_a_key_it_is_as_described(http: httpx.AsyncClient, tmp_path: Path) -> None:
    assert await well(http, tmp_path, "--phases", "fuzzing", "--max-examples", "1", headers={}) > 60


async def test_with_a_key_it_is_as_described(http: httpx.AsyncClient, tmp_path: Path) -> None:
    assert await well(http, tmp_path, "--max-examples", "3", headers=AS_ADMIN) > 3_000
