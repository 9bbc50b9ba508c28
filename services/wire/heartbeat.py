"""A sign of life in Redis, for services that have no port of their own.

A health check may ask for it: `python -m services.enrich --health` exits 0 while the sign stands.
"""

import asyncio
import logging
import sys
from collections.abc import Callable
from typing import NoReturn

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.wire.connection import BrokerUnreachable, connect
from services.wire.process import read_settings
from services.wire.settings import WireSettings

logger = logging.getLogger(__name__)

_EVERY_S = 3.0
_LASTS_MS = 12_000


async def beat(redis: Redis, settings: WireSettings, service: str, healthy: Callable[[], bool]) -> None:
    """Renew this replica's sign while `healthy()`; never returns. It is gone 12 s after the last renewal."""
    while True:
        try:
            if healthy():
                await redis.set(_key(settings, service), b"1", px=_LASTS_MS)
        except (RedisError, OSError) as error:
            logger.warning("no sign of life could be written: %s", error)
        await asyncio.sleep(_EVERY_S)


def exit_by_health(service: str) -> NoReturn:
    """End this process with status 0 while the replica of this host shows a sign of life, else 1."""
    try:
        alive = asyncio.run(_is_alive(read_settings(WireSettings), service))
    except BrokerUnreachable:
        alive = False
    sys.exit(0 if alive else 1)


async def _is_alive(settings: WireSettings, service: str) -> bool:
    async with await connect(settings.redis_url, patience_s=2.0) as redis:
        return bool(await redis.exists(_key(settings, service)))


def _key(settings: WireSettings, service: str) -> str:
    return f"{settings.stream_prefix}:alive:{service}:{settings.consumer}"
