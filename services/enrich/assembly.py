"""The standard pipeline: which steps there are, and in which order they run."""

from collections.abc import Collection
from pathlib import Path

from services.enrich.identify import load_identifier
from services.enrich.pipeline import Pipeline
from services.enrich.rules import TagRules
from services.enrich.rules_file import DEFAULT_TAGS, load_rules
from services.enrich.steps.categories import categories_step
from services.enrich.steps.language import Identifier, language_step
from services.enrich.steps.reading import reading_step
from services.enrich.steps.rules import rules_step
from services.enrich.steps.times import times_step

STEP_NAMES = ("times", "language", "reading", "categories", "rules")


def standard_pipeline(rules: TagRules, identifier: Identifier, off: Collection[str] = ()) -> Pipeline:
    """The steps in the order of `STEP_NAMES`, without those named in `off`."""
    steps = (times_step(), language_step(identifier), reading_step(), categories_step(), rules_step(rules))
    return Pipeline(steps, frozenset(off))


def load_pipeline(tags_file: Path | None = None, off: Collection[str] = ()) -> Pipeline:
    """The standard pipeline with the rules of `tags_file`, or those that come with Dateline, and the language model.

    Reads files, and takes some 300 ms. Raises `BrokenRules`.
    """
    return standard_pipeline(load_rules(tags_file or DEFAULT_TAGS), load_identifier(), off)
