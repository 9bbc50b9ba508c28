"""What stands beside the front page: what is in the news, and who writes it."""

from collections.abc import Callable
from datetime import datetime, timedelta

from services.api.page.narrowing import facet_links
from services.api.page.places import Link, source_place, tag_place
from services.api.readmodel.model import ReadModel

TAGS, SOURCES = 12, 14
_HOURS = 24
_FRESH = timedelta(seconds=60)


class Rail:
    """Trends first, then the largest tags, then the largest sources. What is shown is at most a minute old."""

    def __init__(self, model: ReadModel, clock: Callable[[], datetime]) -> None:
        self._model, self._clock = model, clock
        self._kept: tuple[datetime, list[tuple[str, list[Link]]]] | None = None

    async def links(self) -> list[tuple[str, list[Link]]]:
        now = self._clock()
        if self._kept is None or now - self._kept[0] > _FRESH or not self._kept[1]:
            self._kept = (now, await self._read(now))
        return self._kept[1]

    async def _read(self, now: datetime) -> list[tuple[str, list[Link]]]:
        trends = await self._model.trending(now, _HOURS, TAGS)
        sizes = await self._model.tags(2 * TAGS)
        keyed = {trend.slug: trend.label for trend in trends} | {size.key: size.label for size in sizes}
        tags = facet_links([Link(tag_place(slug), label) for slug, label in keyed.items()])[:TAGS]
        sources = [Link(source_place(size.key), size.label) for size in await self._model.sources(SOURCES)]
        return [(title, links) for title, links in (("In the news", tags), ("Sources", sources)) if links]
