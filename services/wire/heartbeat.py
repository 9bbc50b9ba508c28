"""A sign of life in Redis, for services that have no port of their own.

A health check may ask for it: `python -m services.enrich --health` exits 0 while the sign stands.
"""

import asyncio
import json
import logging
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.wire.connection import BrokerUnreachable, connect
from services.wire.process import read_settings
from services.wire.settings import WireSettings

logger = logging.getLogger(__name__)

_EVERY_S = 3.0
_LASTS_MS = 12_000
_FORGOTTEN_S = 86_400.0  # more than the clocks of two replicas can differ by


@dataclass(frozen=True, slots=True)
class Sign:
    """A replica that lives: when it last said so, since when it runs, and what it tells of itself."""

    service: str
    replica: str
    at: datetime
    since: datetime
    told: Mapping[str, Any]


async def beat(
    redis: Redis,
    settings: WireSettings,
    service: str,
    healthy: Callable[[], bool],
    tell: Callable[[], Mapping[str, object]] = dict,
) -> None:
    """Renew this replica's sign while `healthy()`; never returns. It is gone 12 s after the last renewal.

    What `tell` returns must be writable as JSON; whoever reads `signs` is told it.
    """
    since = time.time()
    key, names = _key(settings.stream_prefix, service, settings.consumer), _names(settings.stream_prefix)
    while True:
        try:
            if healthy():
                now = time.time()
                sign = json.dumps({"at": now, "since": since, "told": tell()})
                async with redis.pipeline(transaction=False) as pipeline:
                    pipeline.set(key, sign, px=_LASTS_MS)
                    pipeline.zadd(names, {f"{service}:{settings.consumer}": now})
                    pipeline.zremrangebyscore(names, "-inf", now - _FORGOTTEN_S)
                    await pipeline.execute()
        except (RedisError, OSError) as error:
            logger.warning("no sign of life could be written: %s", error)
        await asyncio.sleep(_EVERY_S)


async def signs(redis: Redis, prefix: str) -> list[Sign]:
    """Of all replicas that live, by service and name. Raises `RedisError`."""
    members = cast(list[bytes], await redis.zrange(_names(prefix), 0, -1))
    named = sorted(name.decode().partition(":") for name in members)
    keys = [_key(prefix, service, replica) for service, _, replica in named]
    held = cast(list[bytes | None], await redis.mget(keys)) if keys else []
    return [_read(service, replica, sign) for (service, _, replica), sign in zip(named, held, strict=True) if sign]


def _read(service: str, replica: str, sign: bytes) -> Sign:
    read = json.loads(sign)
    at, since = (datetime.fromtimestamp(read[name], UTC) for name in ("at", "since"))
    return Sign(service, replica, at, since, read["told"])


def exit_by_health(service: str) -> NoReturn:
    """End this process with status 0 while the replica of this host shows a sign of life, else 1."""
    try:
        alive = asyncio.run(_is_alive(read_settings(WireSettings), service))
    except BrokerUnreachable:
        alive = False
    sys.exit(0 if alive else 1)


async def _is_alive(settings: WireSettings, service: str) -> bool:
    async with await connect(settings.redis_url, patience_s=2.0, prefix=settings.stream_prefix) as redis:
        return bool(await redis.exists(_key(settings.stream_prefix, service, settings.consumer)))


def _key(prefix: str, service: str, replica: str) -> str:
    return f"{prefix}:alive:{service}:{replica}"


def _names(prefix: str) -> str:
    """The key that tells which signs there may be, so that none has to look through all keys."""
    return f"{prefix}:alive"
