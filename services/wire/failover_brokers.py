"""FastStream's brokers for Sentinel and for a cluster, with clients that go to the primary as `primary` has it."""

from collections.abc import Callable
from typing import Any

from faststream.redis import RedisBroker, RedisClusterBroker, RedisSentinelBroker
from faststream.redis.configs.state import ConnectionState, RedisConnectionState
from redis.asyncio import Redis
from redis.asyncio.connection import ConnectionPool


class _WithPool(RedisBroker):
    def __init__(self, url: str, new_pool: Callable[[], ConnectionPool], **options: Any) -> None:  # noqa: ANN401
        self._new_pool = new_pool
        super().__init__(url, **options)

    def _make_connection_state(self, *_options: dict[str, Any]) -> ConnectionState[Any]:
        return _OfPool(self._new_pool)


class SentinelBroker(_WithPool, RedisSentinelBroker):
    """FastStream's own state leaves the connections to sentinels open, and cannot have TLS."""


class SlotBroker(_WithPool, RedisClusterBroker):
    """redis-py's `RedisCluster` (8.0) asks one node which keys an XREADGROUP has, and keeps asking that one when it is
    dead, so that nothing is ever read again though the slot's own node is well. Here no keys need be asked for.
    """


class _OfPool(RedisConnectionState):
    __slots__ = ("_new_pool",)

    def __init__(self, new_pool: Callable[[], ConnectionPool]) -> None:
        super().__init__()
        self._new_pool = new_pool

    async def connect(self) -> Redis:
        if self._client is None:
            self._client = Redis.from_pool(self._new_pool())
            self._connected = True
        return self._client
