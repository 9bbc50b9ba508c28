"""Connections to Redis: one for FastStream's reading, one for everything that a service writes."""

import asyncio
import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

from faststream.redis import RedisBroker
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import BusyLoadingError, ConnectionError, ReadOnlyError, ResponseError, TimeoutError

from services.wire.broker_url import BrokerUrl, Kind, check_prefix
from services.wire.failover_brokers import SentinelBroker, SlotBroker
from services.wire.messages import PlainJson
from services.wire.primary import primary_pool
from services.wire.steady import steady_pool

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


def new_broker(url: BrokerUrl, *, prefix: str = "dateline") -> RedisBroker:
    """A FastStream broker that writes plain JSON and hands entries to handlers unparsed. `prefix` as in `connect`."""
    options: dict[str, Any] = {
        "message_format": PlainJson,
        "apply_types": False,
        "graceful_timeout": 10.0,
        "logger": _quiet_logger(),
        "log_level": logging.DEBUG,
    }
    if url.kind is Kind.SERVER:
        return RedisBroker(url.plain, **options)
    check_prefix(url, prefix)
    new_pool = partial(primary_pool, url, prefix, {})
    if url.kind is Kind.SENTINEL:
        return SentinelBroker(url.plain, new_pool, sentinels=url.places, sentinel_master_name=url.name, **options)
    return SlotBroker(url.plain, new_pool, **options)


async def connect(url: BrokerUrl, patience_s: float = 30.0, *, prefix: str = "dateline") -> Redis:
    """A client that has had an answer, from the node that takes writes to the keys that begin with `prefix`.

    Raises `BrokerUnreachable` when none came in `patience_s` seconds, and at once where Redis would evict keys.

    It sends a command again when the connection broke before the answer, so what is sent through it
    must be harmless when it is carried out twice.
    """
    again = Retry(ExponentialWithJitterBackoff(base=0.05, cap=1.0), retries=5)
    options: dict[str, Any] = {"retry": again, "retry_on_error": [BusyLoadingError]}
    if url.kind is Kind.SERVER:
        client = Redis.from_pool(steady_pool(url.plain, options))
    else:
        check_prefix(url, prefix)
        client = Redis.from_pool(primary_pool(url, prefix, options))
    deadline = asyncio.get_running_loop().time() + patience_s
    while True:
        try:
            info = await _info_of_primary(client)
        except (ConnectionError, TimeoutError, ReadOnlyError, OSError) as error:
            if asyncio.get_running_loop().time() > deadline:
                await client.aclose()
                raise BrokerUnreachable(f"no Redis answers at {url}: {error}") from error
        except ResponseError as error:
            await client.aclose()
            raise BrokerUnreachable(f"{url} cannot be used: {error}") from error
        else:
            break
        await asyncio.sleep(0.2)
    try:
        _check(info, url)
    except BrokerUnreachable:
        await client.aclose()
        raise
    if not info.get("aof_enabled"):
        logger.warning("%s has no append-only file: what it holds is lost when it stops", url)
    return client


async def _info_of_primary(client: Redis) -> Mapping[str, Any]:
    info: Mapping[str, Any] = await client.info()
    if info.get("role") == "slave":
        raise ReadOnlyError("a replica answers, which takes no writes")
    return info


def _check(info: Mapping[str, Any], url: BrokerUrl) -> None:
    if "role" not in info:
        raise BrokerUnreachable(f"a sentinel answers at {url}: write redis+sentinel://host:port/name")
    if url.kind is not Kind.CLUSTER and info.get("cluster_enabled"):
        raise BrokerUnreachable(f"a node of a cluster answers at {url}: write redis+cluster://host:port")
    if evicts(info):
        raise BrokerForgets(
            f"{url} drops keys when its memory is full (maxmemory-policy {info['maxmemory_policy']}), and with them "
            "what was published: set maxmemory-policy noeviction"
        )


def evicts(memory: Mapping[str, Any]) -> bool:
    """From `INFO memory`: whether keys may be dropped. Without `maxmemory` no policy comes into force."""
    return bool(memory.get("maxmemory")) and memory.get("maxmemory_policy", "noeviction") != "noeviction"
