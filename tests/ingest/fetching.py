"""Fetching one URL as ingest does, with limits that tests can wait for."""

from datetime import UTC, datetime

from services.ingest.fetch import Fetcher, Limits
from services.ingest.outcomes import Failed, Fetched, NotModified

LOOPBACK = frozenset({"127.0.0.1"})
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def fetch(url: str, allowed: frozenset[str] = LOOPBACK, timeout_s: float = 1.0) -> Fetched | NotModified | Failed:
    limits = Limits(timeout_s=timeout_s, body_bytes=10_000)
    async with Fetcher(user_agent="test/1", allowed_hosts=allowed, limits=limits, clock=lambda: NOW) as client:
        return await client.fetch(url)


async def failure(url: str, timeout_s: float = 1.0) -> Failed:
    outcome = await fetch(url, timeout_s=timeout_s)
    assert isinstance(outcome, Failed), outcome
    return outcome
