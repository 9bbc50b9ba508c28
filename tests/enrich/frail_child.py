"""A child of `thinker` with a step that hangs, crashes, eats memory or goes astray on some titles. Run by tests."""

import os
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import replace

from services.enrich.child import answer_with
from services.enrich.pipeline import Pipeline
from services.enrich.step import Draft, Step

_ASTRAY = re.compile(r"(a+)+$")


def _run(drafts: Sequence[Draft]) -> Sequence[Draft]:
    for draft in drafts:
        if draft.article.title == "hangs":
            time.sleep(600)
        elif draft.article.title == "crashes":
            os._exit(1)
        elif draft.article.title == "eats":
            bytearray(16 * 2**30)
        elif draft.article.title == "astray":
            _ASTRAY.match("a" * 60 + "b")
    return [replace(draft, words=7) for draft in drafts]


if __name__ == "__main__":
    frail = Step(name="frail", version=3, reads=("title",), adds=("words",), run=_run)
    answer_with(Pipeline((frail,), limit_s=0.1, batch_limit_s=0.2), sys.stdin.buffer, sys.stdout.buffer)
