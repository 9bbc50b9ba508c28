"""The words of summary and text with their counts: what stories are told by, beside the title and the names."""

from collections.abc import Sequence
from dataclasses import replace

from services.enrich.step import Draft, Step
from services.enrich.stories.rarity import background_of
from services.enrich.stories.words import counted, words_of

MOST = 96
"""Terms that an article may have."""

_READ = 4_000
"""Characters that are looked at: what an article is about stands in its beginning."""


def terms_step() -> Step:
    return Step(name="terms", version=1, reads=("summary", "text", "language"), adds=("terms",), run=_run)


def _run(drafts: Sequence[Draft]) -> Sequence[Draft]:
    return [replace(draft, terms=terms) if (terms := _terms(draft)) else draft for draft in drafts]


def _terms(draft: Draft) -> dict[str, int]:
    article, language = draft.article, draft.language.code
    text = "\n".join(part for part in (article.summary, article.text) if part)[:_READ]
    return counted(words_of(text, language), background_of(language).common, MOST) if text else {}
