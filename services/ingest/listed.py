"""The operator's list of feeds, added at the start and whenever the broker has lost everything."""

import asyncio
import logging
from collections.abc import Sequence

from redis.exceptions import RedisError

from services.contracts.commands import AddFeedData
from services.contracts.identity import feed_id
from services.contracts.opml import Outline
from services.ingest.commands import FeedList
from services.ingest.registry import Registry

logger = logging.getLogger(__name__)

_EVERY_S = 2.0


async def add_listed(feeds: FeedList, listed: Sequence[Outline]) -> None:
    """Add those that are not known; what a command removed stays away. Raises `RedisError`."""
    for outline in listed:
        data = AddFeedData(id=feed_id(outline.url), url=outline.url, title=outline.title, tags=outline.tags)
        await feeds.add(data, command=None)


async def keep_listed(registry: Registry, feeds: FeedList, listed: Sequence[Outline]) -> None:
    """Look every two seconds whether feeds are gone, and add the listed ones then; never returns.

    Those that were removed are known as such, so fewer than are listed can only be known after a loss.
    """
    count = len({feed_id(outline.url) for outline in listed})
    while True:
        await asyncio.sleep(_EVERY_S)
        try:
            if (known := await registry.count()) < count:
                logger.warning("only %d feeds are known any more; the listed ones are added again", known)
                await add_listed(feeds, listed)
        except (RedisError, OSError) as error:
            logger.warning("cannot see whether the listed feeds are known: %s", error)
