"""Keys of their own for each test, and the API with them."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from redis.asyncio import Redis

from services.api.access.keys import new_key
from services.api.access.scopes import Scope
from services.api.access.store import KeyStore
from services.api.app import Running, create_app
from services.api.live.hub import Hub
from services.api.readmodel.model import ReadModel
from services.api.settings import ApiSettings
from services.wire.broker_url import BrokerUrl
from tests.api.events import at
from tests.conftest import ADMIN_KEY

NOW = at(60)
Made = Callable[..., str]
"""Makes a key of the given scopes that ends after so many minutes, and returns its text."""


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[KeyStore]:
    with KeyStore(tmp_path / "keys.db") as store:
        yield store


@pytest.fixture
def made(store: KeyStore) -> Made:
    def make(*scopes: str, minutes: int | None = None) -> str:
        expires = NOW + timedelta(minutes=minutes) if minutes is not None else None
        key, text = new_key("of a test", map(Scope, scopes), at(0), expires)
        store.add(key, text)
        return text

    return make


@asynccontextmanager
async def api(
    model: ReadModel, store: KeyStore | None, client: str = "203.0.113.7", **settings: Any
) -> AsyncIterator[httpx.AsyncClient]:
    """The application as a client of this address sees it, without Redis."""
    every: dict[str, Any] = {"redis_url": BrokerUrl.parse("redis://127.0.0.1:1/0"), "admin_key": SecretStr(ADMIN_KEY)}
    read = ApiSettings(**(every | settings))
    async with Redis.from_url(str(read.redis_url)) as redis:
        app = create_app(read, Running(model, Hub(), redis, [], store), clock=lambda: NOW)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(client, 40_000))
        async with httpx.AsyncClient(transport=transport, base_url="http://dateline.test") as http:
            yield http


@pytest.fixture
async def app(model: ReadModel) -> FastAPI:
    settings = ApiSettings(redis_url=BrokerUrl.parse("redis://127.0.0.1:1/0"))
    return create_app(settings, Running(model, Hub(), Redis.from_url(str(settings.redis_url)), []), clock=lambda: NOW)
