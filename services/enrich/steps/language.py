"""Which language an article is in: what the text shows, with the feed's claim as one vote."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from services.contracts.enrichments import Language
from services.enrich.step import Draft, Step


@dataclass(frozen=True, slots=True)
class Identifier:
    """A language model. `known` are the primary codes that it can tell apart.

    `likely` takes lower-cased text on one line and gives languages with their probability, likeliest first.
    """

    known: frozenset[str]
    likely: Callable[[str], Sequence[tuple[str, float]]]


CERTAIN = 0.6
"""From here on a text of some length is believed against the feed's claim."""

CERTAIN_WHEN_SHORT = 0.9
"""A few words in one language often look like another, so they must look it more clearly."""

SHORT = 40
"""Characters; about six words."""

PLAUSIBLE = 0.05
"""A claim that the text makes less likely than this is not believed: many feeds claim what their software came with."""

_ENOUGH = 1000
_CLAIM = re.compile(r"\s*([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]+)*\s*")
_SAYS_NOTHING = {"und", "mul", "zxx", "mis", "xx"}
_SAME = {"iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "nb": "no", "fil": "tl", "eng": "en", "cmn": "zh"}
"""Withdrawn codes and those of languages that text cannot be told apart by."""


def language_step(identifier: Identifier) -> Step:
    def run(drafts: Sequence[Draft]) -> Sequence[Draft]:
        return [replace(draft, language=_language(draft, identifier)) for draft in drafts]

    return Step(name="language", version=1, reads=("title", "summary", "text", "language"), adds=("language",), run=run)


def claimed_language(claim: str | None) -> str | None:
    """The primary code of a claim such as `en-GB` or `pt_BR`, or None where it names no language."""
    found = _CLAIM.fullmatch(claim or "")
    if not found:
        return None
    code = found[1].lower()
    return None if code in _SAYS_NOTHING else _SAME.get(code, code)


def _language(draft: Draft, identifier: Identifier) -> Language:
    article = draft.article
    sample = " ".join(f"{article.title} {article.text or article.summary or ''}"[:_ENOUGH].lower().split())
    return decide_language(sample, claimed_language(article.language), identifier)


def decide_language(sample: str, claim: str | None, identifier: Identifier) -> Language:
    """The text where it is clear (method `text`), else the feed's claim if the text allows it (`feed`), else unknown.

    A claim of a language that the model does not know stands where the text is not clear.
    """
    if not any(char.isalpha() for char in sample):
        return Language(code=claim, method="feed" if claim else "none")
    seen = [(_SAME.get(code, code), round(min(score, 1.0), 3)) for code, score in identifier.likely(sample)]
    code, score = seen[0]
    by_text = Language(code=code, confidence=score, method="text")
    unclear = Language(method="none")
    if claim is None or (claim == code and score >= CERTAIN):
        return by_text if score >= CERTAIN else unclear
    of_claim = dict(reversed(seen)).get(claim)
    by_feed = Language(code=claim, confidence=of_claim, method="feed")
    plausible = of_claim is not None and of_claim >= PLAUSIBLE
    short = len(sample) < SHORT
    if plausible and (short or claim == code):
        return by_feed
    if score >= (CERTAIN_WHEN_SHORT if short else CERTAIN):
        return by_text
    return by_feed if plausible or claim not in identifier.known else unclear
