"""The API with saved searches, on a real port over a real broker, and receivers of webhooks."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.api.settings import ApiSettings
from tests.api.searches.receiver import Receiver, receiver
from tests.api.serving import served, settings_for
from tests.conftest import Server

Saved = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def settings(server: Server, tmp_path: Path) -> ApiSettings:
    """Loopback may be sent to, and what failed is tried again soon."""
    return settings_for(server, tmp_path, allow_hosts="127.0.0.1", webhook_retry_s=0.05, webhook_tries=3)


@pytest.fixture
async def client(settings: ApiSettings) -> AsyncIterator[httpx.AsyncClient]:
    async with served(settings) as client:
        yield client


@pytest.fixture
async def here() -> AsyncIterator[Receiver]:
    async with receiver() as here:
        yield here


async def saved(client: httpx.AsyncClient, q: str = "article", **further: Any) -> dict[str, Any]:
    """A new search."""
    answer = await client.post("/v1/searches", json={"name": f"About {q}", "q": q} | further)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def hooked(client: httpx.AsyncClient, url: str, q: str = "article", **further: Any) -> dict[str, Any]:
    """A new webhook of a new search."""
    search = await saved(client, q)
    answer = await client.post(search["links"]["webhooks"], json={"url": url} | further)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def state(client: httpx.AsyncClient, webhook: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get(webhook["links"]["self"])).json()
    return found
