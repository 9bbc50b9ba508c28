"""Connections to Redis: one for FastStream's reading, one for everything that a service writes."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from faststream.redis import RedisBroker
from pydantic import RedisDsn
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import BusyLoadingError, ConnectionError, TimeoutError

from services.wire.messages import PlainJson

logger = logging.getLogger(__name__)


class BrokerUnreachable(Exception):
    """No Redis answers at the configured URL. Tell the operator; the service cannot run."""


class BrokerForgets(BrokerUnreachable):
    """Redis answers, but would drop what it is given when its memory is full."""


class _OneLine(logging.Filter):
    """FastStream logs each failed read with its whole traceback; while Redis is away one line says it."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info:
            record.msg, record.args, record.exc_info = f"{record.getMessage()}: {record.exc_info[1]}", (), None
        return True


_ONE_LINE = _OneLine()


def _quiet_logger() -> logging.Logger:
    """Outside `services`, so that it is heard from warnings on."""
    logger = logging.getLogger("broker")
    logger.addFilter(_ONE_LINE)
    return logger


def new_broker(url: RedisDsn) -> RedisBroker:
    """A FastStream broker that writes plain JSON and hands entries to handlers unparsed."""
    return RedisBroker(
        str(url),
        message_format=PlainJson,
        apply_types=False,
        graceful_timeout=10.0,
        logger=_quiet_logger(),
        log_level=logging.DEBUG,
    )


async def connect(url: RedisDsn, patience_s: float = 30.0) -> Redis:
    """A client that has had an answer. Raises `BrokerUnreachable` when none came in `patience_s` seconds, and at once
    where Redis would evict keys.

    It sends a command again when the connection broke before the answer, so what is sent through it
    must be harmless when it is carried out twice.
    """
    again = Retry(ExponentialWithJitterBackoff(base=0.05, cap=1.0), retries=5)
    client = Redis.from_url(str(url), retry=again, retry_on_error=[BusyLoadingError])
    deadline = asyncio.get_running_loop().time() + patience_s
    while True:
        try:
            memory, persistence = await client.info("memory"), await client.info("persistence")
        except (ConnectionError, TimeoutError, BusyLoadingError, OSError) as error:
            if asyncio.get_running_loop().time() > deadline:
                await client.aclose()
                raise BrokerUnreachable(f"no Redis answers at {_shown(url)}: {error}") from error
        else:
            break
        await asyncio.sleep(0.2)
    if evicts(memory):
        await client.aclose()
        policy = memory["maxmemory_policy"]
        raise BrokerForgets(
            f"{_shown(url)} drops keys when its memory is full (maxmemory-policy {policy}), and with them what was "
            "published: set maxmemory-policy noeviction"
        )
    if not persistence.get("aof_enabled"):
        logger.warning("%s has no append-only file: what it holds is lost when it stops", _shown(url))
    return client


def evicts(memory: Mapping[str, Any]) -> bool:
    """From `INFO memory`: whether keys may be dropped. Without `maxmemory` no policy comes into force."""
    return bool(memory.get("maxmemory")) and memory.get("maxmemory_policy", "noeviction") != "noeviction"


def _shown(url: RedisDsn) -> str:
    """The URL without its password."""
    parts = urlsplit(str(url))
    return f"{parts.scheme}://{parts.hostname}:{parts.port}{parts.path}"
