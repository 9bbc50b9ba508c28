"""The child process in which articles are enriched: `python -m services.enrich.child`, run by `thinker`.

Its first argument is the options as JSON. It answers on stdout until stdin ends: first that it is ready, or why the
rules cannot be used, then one answer for each request. Both are pickles, each after its length (4 bytes, big-endian).
In the main thread of a process of its own a step can be stopped wherever it is.
"""

import gc
import json
import logging
import os
import pickle
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from services.contracts.enrichments import Enrichment
from services.enrich.assembly import load_pipeline, with_rules
from services.enrich.messages import LENGTH_BYTES, Enriched, Ready, Refused, framed
from services.enrich.pipeline import SWITCHED_OFF, Pipeline
from services.enrich.rules_file import BrokenRules
from services.enrich.rules_watch import RulesWatch
from services.enrich.step_names import STEP_NAMES
from services.wire.allotment import GIB, allot
from services.wire.process import log_to_stderr

logger = logging.getLogger("services.enrich.child")

_TALLY_EVERY_S = 600.0
_MEMORY = 2 * GIB


def main(told: dict[str, Any], requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until `requests` ends."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)  # either may be sent to the whole group; the parent decides when to end
    log_to_stderr("enrich", told["log_level"])
    try:
        pipeline = load_pipeline(told["tags_file"] and Path(told["tags_file"]), told["off"])
    except BrokenRules as error:
        _answer(answers, Refused(str(error)))
        return
    gc.collect()
    gc.freeze()  # models and word lists stay; looking through them for garbage took a sixth of the time
    gc.set_threshold(20_000, 20, 50)  # a batch makes many values that live as long as it does
    watch = RulesWatch(Path(told["tags_file"])) if told["tags_file"] else None
    answer_with(pipeline, requests, answers, watch)


def answer_with(pipeline: Pipeline, requests: BinaryIO, answers: BinaryIO, watch: RulesWatch | None = None) -> None:
    allot(_MEMORY)
    _answer(answers, Ready(pipeline.version, pipeline.setup, tuple(step.name for step in pipeline.steps)))
    told_at = time.monotonic()
    while length := requests.read(LENGTH_BYTES):
        articles, contexts = pickle.loads(requests.read(int.from_bytes(length, "big")))  # noqa: S301  the parent's own
        if watch and (rules := watch.renewed()):
            pipeline = with_rules(pipeline, rules)
        enrichments = pipeline.enrich(articles, contexts)
        _answer(answers, Enriched(enrichments, pipeline.tally, watch.broken if watch else None))
        _warn(enrichments)
        told_at = _tell(pipeline, told_at)


def _answer(answers: BinaryIO, document: object) -> None:
    answers.write(framed(document))
    answers.flush()


def _warn(enrichments: list[Enrichment]) -> None:
    skips = [
        (step, reason, found.id)
        for found in enrichments
        for step, reason in found.skipped.items()
        if reason != SWITCHED_OFF and step in STEP_NAMES  # a date that is not believed is no fault of ours
    ]
    if skips:
        step, reason, article = skips[0]
        logger.warning("steps were skipped %d times in a batch, as %s for %s: %s", len(skips), step, article, reason)


def _tell(pipeline: Pipeline, told_at: float) -> float:
    """Log what the steps did, once in a while."""
    now = time.monotonic()
    if now - told_at < _TALLY_EVERY_S:
        return told_at
    logger.info("%s", pipeline.tally)
    return now


if __name__ == "__main__":
    # Where the parent is gone nobody waits for the answer any more.
    with suppress(BrokenPipeError), os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)  # what a library prints must not come between the answers
        main(json.loads(sys.argv[1]), sys.stdin.buffer, answers)
