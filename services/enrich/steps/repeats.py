"""Which earlier article this one repeats, as the shared memory of the last 72 hours told before."""

from collections.abc import Sequence
from dataclasses import replace

from services.enrich.step import Draft, Step

REPEATS = "repeats"


def repeats_step() -> Step:
    """Takes over what `services.enrich.repeats` decided from the drafts' contexts."""
    return Step(name=REPEATS, version=1, reads=("context",), adds=("repeats",), run=_run, explain=_explain)


def _explain(draft: Draft) -> str:
    found = draft.context.repeats
    if found is None:
        return "no article of the last 72 hours tells the same in the same words, as far as it was asked"
    return f"{found.likeness:.0%} of its pairs of words, of {found.method}, stand in {found.id} too"


def _run(drafts: Sequence[Draft]) -> Sequence[Draft]:
    return [
        replace(draft, repeats=draft.context.repeats) if draft.context.repeats is not None else draft
        for draft in drafts
    ]
