"""Enriching articles from a file, without a broker: one JSON object a line in, one a line out, in the same order."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import count, islice

from services.contracts.articles import Article
from services.enrich.context import Arrival, Memory, Place, gather_here
from services.enrich.explain import explain, in_words
from services.enrich.loose_articles import NoArticle, article_from_line
from services.enrich.pipeline import Pipeline

_BATCH = 256


def enrich_lines(
    lines: Iterable[str], pipeline: Pipeline, now: datetime, memories: Sequence[Memory] = ()
) -> Iterator[str]:
    """An enrichment, as JSON without a line end, for each line; reads on only as fast as the results are taken.

    A line that is no article gives `{"error": {"line": 3, "reason": "…"}}` in its place; so does an empty one,
    unless it is the last. `now` stands for when an article was first seen where its line does not say. `memories`
    must live in this process.
    """
    readings = _readings(lines, now)
    places = count(1)
    while batch := list(islice(readings, _BATCH)):
        arrivals = [Arrival(article, Place(0, next(places))) for article in batch if isinstance(article, Article)]
        contexts = gather_here(arrivals, memories)
        enrichments = iter(pipeline.enrich([arrival.article for arrival in arrivals], contexts))
        for reading in batch:
            yield reading if isinstance(reading, str) else next(enrichments).model_dump_json(exclude_none=True)


def explain_lines(
    lines: Iterable[str], pipeline: Pipeline, now: datetime, memories: Sequence[Memory] = (), *, as_json: bool = False
) -> Iterator[str]:
    """As `enrich_lines`, but what each step saw of each article, what it added and why: as text, or as JSON
    (`{"title": "…", "steps": [{"step": "times", "saw": {…}, "added": {…}, …}]}`)."""
    places = count(1)
    for reading in _readings(lines, now):
        if isinstance(reading, str):
            yield reading
            continue
        [context] = gather_here([Arrival(reading, Place(0, next(places)))], memories)
        accounts = explain(reading, context, pipeline)
        document = {"title": reading.title, "steps": [asdict(account) for account in accounts]}
        yield json.dumps(document, ensure_ascii=False) if as_json else in_words(reading.title, accounts)


def _readings(lines: Iterable[str], now: datetime) -> Iterator[Article | str]:
    """The article of each line, or the JSON that says why there is none."""
    empty: int | None = None
    for number, line in enumerate(lines, start=1):
        if empty is not None:
            yield _error(empty, "the line is empty")
            empty = None
        if not line.strip():
            empty = number
            continue
        try:
            yield article_from_line(line, now)
        except NoArticle as error:
            yield _error(number, str(error))


def _error(line: int, reason: str) -> str:
    return json.dumps({"error": {"line": line, "reason": reason}}, ensure_ascii=False)
