"""Stories of the articles in a file, by the pipeline and the engine that the wire uses."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count, islice
from uuid import UUID

from services.contracts.articles import Article
from services.contracts.enrichments import Enrichment
from services.contracts.stories import Because, Story
from services.enrich.context import Arrival as Coming
from services.enrich.context import Memory, Place, gather_here
from services.enrich.loose_articles import NoArticle, article_from_line
from services.enrich.pipeline import Pipeline
from services.enrich.stories.arrival import arrival_of
from services.enrich.stories.engine import UNKNOWN, Stories
from services.enrich.stories.rarity import background_of
from services.enrich.stories.setting import Setting

_BATCH = 256


class BadLine(ValueError):
    """A line that is no article. The message says which, and why."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An article of the file, and why it is in its story."""

    article: UUID
    title: str
    because: Because


@dataclass(slots=True)
class Library:
    """An engine for each language, and where each article is. An article whose language is unknown is taken for one of
    the language that most had so far."""

    setting: Setting = field(default_factory=Setting)
    engines: dict[str, Stories] = field(default_factory=dict)
    stories: dict[UUID, UUID] = field(default_factory=dict)
    reasons: dict[UUID, Because] = field(default_factory=dict)
    into: dict[UUID, UUID] = field(default_factory=dict)
    _languages: Counter[str] = field(default_factory=Counter)

    def story_of(self, article: UUID) -> UUID:
        """Its story by now."""
        story = self.stories[article]
        while story in self.into:
            story = self.into[story]
        return story

    def take(self, enrichment: Enrichment) -> None:
        """The article arrives when it was first seen."""
        at = round(enrichment.times.first_seen.at.timestamp() * 1000)
        self.note(self.engine(enrichment.language.code).take(arrival_of(enrichment, at)))

    def engine(self, language: str | None) -> Stories:
        if language is not None:
            self._languages[language] += 1
        elif self._languages:
            language = self._languages.most_common(1)[0][0]
        name = language or UNKNOWN
        if name not in self.engines:
            self.engines[name] = Stories(name, background_of(language), self.setting)
        return self.engines[name]

    def note(self, changes: Iterable[Story]) -> None:
        for change in changes:
            for joined in change.joined:
                self.stories[joined.article] = change.id
                self.reasons[joined.article] = joined.because
            if change.into is not None:
                self.into[change.id] = change.into


def place(
    lines: Iterable[str], pipeline: Pipeline, now: datetime, memories: Sequence[Memory], library: Library
) -> Iterator[Placed]:
    """Each line's article, once it is in the library. Raises `BadLine`; what came before it is placed.

    An article arrives when its line says that it was first seen, or else `now`. `memories` must live in this process.
    """
    found, places = readings(lines, now), count(1)
    while batch := list(islice(found, _BATCH)):
        articles = [reading for reading in batch if isinstance(reading, Article)]
        contexts = gather_here([Coming(article, Place(0, next(places))) for article in articles], memories)
        for enrichment in pipeline.enrich(articles, contexts):
            library.take(enrichment)
            yield Placed(enrichment.id, enrichment.title, library.reasons[enrichment.id])
        for reading in batch:
            if isinstance(reading, BadLine):
                raise reading


def readings(lines: Iterable[str], now: datetime) -> Iterator[Article | BadLine]:
    """The articles, up to the first line that is none. Blank lines are passed over."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield article_from_line(_with_a_title(line), now)
            except NoArticle as error:
                yield BadLine(f"line {number}: {error}")
                return


def _with_a_title(line: str) -> str:
    """An article that has an address or a text may come without a title."""
    if '"title": null' not in line and '"title":null' not in line:
        return line
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return line
    untitled = isinstance(told, dict) and told.get("title") is None and any(map(told.get, ("url", "text", "summary")))
    return json.dumps(told | {"title": ""}) if untitled else line


def line_of(placed: Placed, library: Library) -> str:
    return json.dumps({"id": str(placed.article), "story": str(library.story_of(placed.article))})


def explained(placed: Placed, library: Library) -> str:
    """The same with the reason."""
    because = placed.because.model_dump(mode="json", exclude_none=True)
    story = library.story_of(placed.article)
    told = {"id": str(placed.article), "story": str(story), "title": placed.title, "because": because}
    return json.dumps(told, ensure_ascii=False)
