"""The standard pipeline: which steps there are, and in which order they run."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from services.enrich.identify import load_identifier
from services.enrich.names.articles import load_namer
from services.enrich.phrases.background import load_backgrounds
from services.enrich.pipeline import Pipeline
from services.enrich.rules import TagRules
from services.enrich.rules_file import DEFAULT_TAGS, load_rules
from services.enrich.steps.categories import categories_step
from services.enrich.steps.language import Identifier, language_step
from services.enrich.steps.names import names_step
from services.enrich.steps.phrases import phrases_step
from services.enrich.steps.reading import reading_step
from services.enrich.steps.repeats import repeats_step
from services.enrich.steps.rules import rules_step
from services.enrich.steps.terms import terms_step
from services.enrich.steps.times import times_step
from services.enrich.steps.topics import topics_step
from services.enrich.topics.rules import load_topic_rules
from services.enrich.topics.sections import load_sections
from services.enrich.topics.text_model import TextModel


def standard_pipeline(rules: TagRules, identifier: Identifier, off: Collection[str] = ()) -> Pipeline:
    """The steps in the order of `STEP_NAMES`, without those named in `off`. Reads the files of the topics."""
    steps = (
        times_step(),
        language_step(identifier),
        reading_step(),
        categories_step(),
        topics_step(TextModel.load(), load_sections(), load_topic_rules()),
        names_step(load_namer()),
        phrases_step(load_backgrounds()),
        rules_step(rules),
        repeats_step(),
        terms_step(),
    )
    return Pipeline(steps, frozenset(off))


def load_pipeline(tags_file: Path | None = None, off: Collection[str] = ()) -> Pipeline:
    """The standard pipeline with the rules of `tags_file`, or those that come with Dateline, and the models.

    Reads files, and takes some 300 ms. Raises `BrokenRules`.
    """
    return standard_pipeline(load_rules(tags_file or DEFAULT_TAGS), load_identifier(), off)


def with_rules(pipeline: Pipeline, rules: TagRules) -> Pipeline:
    """The same pipeline with other rules."""
    renewed = rules_step(rules)
    return replace(pipeline, steps=tuple(renewed if step.name == renewed.name else step for step in pipeline.steps))
