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
    """Look every two seconds whether all feeds are gone, and add the listed ones then; never returns."""
    while True:
        await asyncio.sleep(_EVERY_S)
        try:
            if listed and await registry.is_empty():
                logger.warning("no feed is known any more; the %d listed ones are added again", len(listed))
                await add_listed(feeds, listed)
        except (RedisError, OSError) as error:
            logger.warning("cannot see whether the listed feeds are known: %s", error)
