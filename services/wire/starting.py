"""A start in bad times: what a service must do first is done as soon as the broker can."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from services.wire.connection import BrokerUnreachable
from services.wire.outage import is_outage

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")
PATIENCE_S = 60.0
_AGAIN_AFTER_S = 0.5


async def when_up(action: Callable[[], Awaitable[Answer]], patience_s: float = PATIENCE_S) -> Answer:
    """The answer of `action`, which may be done twice, tried again while the broker is out of order.

    Raises `BrokerUnreachable` when that lasts for `patience_s` seconds, and at once what is no outage.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience_s
    while True:
        try:
            return await action()
        except Exception as error:
            if not is_outage(error, (OSError,)):
                raise
            if loop.time() > deadline:
                raise BrokerUnreachable(f"the broker does not do its work: {error}") from error
            logger.warning("the start waits for the broker: %s", error)
        await asyncio.sleep(_AGAIN_AFTER_S)
