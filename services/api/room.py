"""Whether ingest takes what would be published, as its signs of life say."""

from collections.abc import Callable

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.wire.heartbeat import Sign, signs

_FOR_S = 1.0


class Room:
    """Asks once a second at most."""

    def __init__(self, redis: Redis, prefix: str, monotonic: Callable[[], float]) -> None:
        self._redis, self._prefix, self._monotonic = redis, prefix, monotonic
        self._asked, self._why = float("-inf"), ""

    async def why_not(self) -> str:
        """Why ingest publishes nothing now; empty where it does, or nobody knows."""
        now = self._monotonic()
        if now - self._asked >= _FOR_S:
            self._asked = now
            try:
                self._why = next(filter(None, map(_stopped, await signs(self._redis, self._prefix))), "")
            except (RedisError, OSError):
                self._why = ""  # whoever writes the command will see for himself
        return self._why


def _stopped(sign: Sign) -> str:
    pressure = sign.told.get("pressure") or {}
    return str(pressure.get("why")) if sign.service == "ingest" and pressure.get("level") == "stop" else ""
