"""How long the journal of changes is kept, for readers of the live stream who were away."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from datetime import datetime

from services.api.readmodel.horizon import Keep
from services.api.readmodel.model import ReadModel

logger = logging.getLogger(__name__)

_EVERY_S = 60.0


async def keep_pruned(model: ReadModel, keep: Keep, clock: Callable[[], datetime]) -> None:
    """Let go once a minute of what need not stay; never returns."""
    while True:
        try:
            while await model.prune(keep, clock()):
                pass
        except sqlite3.Error as error:
            logger.warning("the journal of changes cannot be pruned now: %s", error)
        await asyncio.sleep(_EVERY_S)
