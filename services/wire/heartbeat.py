"""A sign of life in Redis, for services that have no port of their own.

A health check may ask for it: `python -m services.enrich --health` exits 0 while the sign stands.
"""

import asyncio
import logging
from collections.abc import Callable

from redis.asyncio import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

_EVERY_S = 3.0
_LASTS_MS = 12_000


def heartbeat_key(prefix: str, service: str, consumer: str) -> str:
    return f"{prefix}:alive:{service}:{consumer}"


async def beat(redis: Redis, key: str, healthy: Callable[[], bool]) -> None:
    """Renew the sign while `healthy()`; never returns. It is gone 12 s after the last renewal."""
    while True:
        try:
            if healthy():
                await redis.set(key, b"1", px=_LASTS_MS)
        except (RedisError, OSError) as error:
            logger.warning("no sign of life could be written: %s", error)
        await asyncio.sleep(_EVERY_S)


async def is_alive(redis: Redis, key: str) -> bool:
    return bool(await redis.exists(key))
