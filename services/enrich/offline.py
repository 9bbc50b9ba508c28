"""Enriching articles from a file, without a broker: one JSON object a line in, one a line out, in the same order."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from services.contracts.articles import Article
from services.enrich.loose_articles import NoArticle, article_from_line
from services.enrich.pipeline import Pipeline

_BATCH = 256


def enrich_lines(lines: Iterable[str], pipeline: Pipeline, now: datetime) -> Iterator[str]:
    """An enrichment, as JSON without a line end, for each line; reads on only as fast as the results are taken.

    A line that is no article gives `{"error": {"line": 3, "reason": "…"}}` in its place; so does an empty one,
    unless it is the last. `now` stands for when an article was first seen where its line does not say.
    """
    readings = _readings(lines, now)
    while batch := list(islice(readings, _BATCH)):
        enrichments = iter(pipeline.enrich(reading for reading in batch if isinstance(reading, Article)))
        for reading in batch:
            yield reading if isinstance(reading, str) else next(enrichments).model_dump_json(exclude_none=True)


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
