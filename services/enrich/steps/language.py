"""Which language an article is in: what the text shows, with the feed's claim as one vote."""

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from services.contracts.articles import Article
from services.contracts.enrichments import Language
from services.enrich.step import Draft, Step


@dataclass(frozen=True, slots=True)
class Identifier:
    """Language models. `known` are the primary codes that they can tell apart.

    `likely` takes lower-cased text on one line and gives languages, as `primary` codes, with their score (0 to 1),
    likeliest first.
    """

    known: frozenset[str]
    likely: Callable[[str], Sequence[tuple[str, float]]]


CERTAIN = 0.35
"""From here on a text of some length is believed against the feed's claim."""

CERTAIN_WHEN_SHORT = 0.6
"""A few words in one language often look like another, so they must look it more clearly."""

SHORT = 40
"""Characters; about six words."""

PLAUSIBLE = 0.1
"""A claim that the text makes less likely than this is not believed: many feeds claim what their software came with."""

_SCORES = (0.0, 0.15, 0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 1.0)
_RIGHT = (0.0, 0.34, 0.45, 0.66, 0.76, 0.87, 0.965, 0.993, 0.997, 1.0)
"""How often the models were right at these scores (docs/decisions/0003-language.md)."""

_ENOUGH = 300
"""Characters: on more the models do not change their minds, but take longer."""

_REMEMBERED = 10_000
_CLAIM = re.compile(r"\s*([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]+)*\s*")
_SAYS_NOTHING = {"und", "mul", "zxx", "mis", "xx"}
_SAME = {
    "iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "nb": "no", "nn": "no", "fil": "tl", "eng": "en",
    "cmn": "zh", "wuu": "zh", "yue": "zh", "arz": "ar", "ary": "ar", "sh": "sr", "uzs": "uz",
}  # fmt: skip
"""Withdrawn codes and those of languages that text is not told apart by."""

_ALIKE = ({"bs", "hr", "sr"}, {"id", "ms"}, {"en", "pcm"})
"""Within these a claim counts for more than the text."""


def language_step(identifier: Identifier) -> Step:
    def run(drafts: Sequence[Draft]) -> Sequence[Draft]:
        return [replace(draft, language=language_of(draft.article, identifier)) for draft in drafts]

    def explain(draft: Draft) -> str:
        seen = identifier.likely(sample_of(draft.article))
        scores = ", ".join(f"{code} {score:.2f}" for code, score in seen[:3])
        short = len(sample_of(draft.article)) < SHORT
        claim = claimed_language(draft.article.language)
        return (
            f"the models score {scores}; a text is clear from {CERTAIN}"
            + (f", one so short against a claim from {CERTAIN_WHEN_SHORT}" if short else "")
            + (f"; the feed claims {claim}" if claim else "; the feed claims nothing")
        )

    return Step(
        name="language",
        version=3,
        reads=("title", "summary", "text", "language"),
        adds=("language",),
        run=run,
        explain=explain,
    )


def primary(code: str) -> str:
    """The one code for what is told apart as one language."""
    return _SAME.get(code, code)


def claimed_language(claim: str | None) -> str | None:
    """The primary code of a claim such as `en-GB` or `pt_BR`, or None where it names no language."""
    found = _CLAIM.fullmatch(claim or "")
    if not found:
        return None
    code = found[1].lower()
    return None if code in _SAYS_NOTHING else primary(code)


def language_of(article: Article, identifier: Identifier) -> Language:
    return decide_language(sample_of(article), claimed_language(article.language), identifier)


def sample_of(article: Article) -> str:
    """What the models are shown: the beginning of title and body, in lower case on one line."""
    sample = " ".join(f"{article.title} {article.text or article.summary or ''}"[:_ENOUGH].lower().split())
    return sample if sample.isascii() else sample.encode("utf-8", "replace").decode()


def decide_language(sample: str, claim: str | None, identifier: Identifier) -> Language:
    """The text where it is clear (method `text`), else the feed's claim if the text allows it (`feed`), else unknown.

    A claim of a language that the models do not know stands where the text is not clear. The confidence is how often
    the models are right that look as sure of the language as here.
    """
    if not any(char.isalpha() for char in sample):
        return Language(code=claim, method="feed" if claim else "none")
    seen = identifier.likely(sample)
    code, score = seen[0]
    by_text = _language(code, confidence(score), "text")
    unclear = _language(None, None, "none")
    if claim is None or (claim == code and score >= CERTAIN):
        return by_text if score >= CERTAIN else unclear
    alike = any({claim, code} <= group for group in _ALIKE)
    of_claim = dict(seen).get(claim, score if alike else None)
    by_feed = _language(claim, None if of_claim is None else confidence(of_claim), "feed")
    plausible = of_claim is not None and of_claim >= PLAUSIBLE
    short = len(sample) < SHORT
    if plausible and (short or alike or claim == code):
        return by_feed
    if score >= (CERTAIN_WHEN_SHORT if short else CERTAIN):
        return by_text
    return by_feed if plausible or claim not in identifier.known else unclear


@lru_cache(_REMEMBERED)
def _language(code: str | None, sure: float | None, method: str) -> Language:
    """Each is made once: there are some thousands."""
    return Language(code=code, confidence=sure, method=method)


def confidence(score: float) -> float:
    """How often a language with this score is the right one, of texts as short as headlines."""
    score = min(max(score, 0.0), 1.0)
    above = bisect_left(_SCORES, score)
    if above == 0:
        return _RIGHT[0]
    low, high = _SCORES[above - 1], _SCORES[above]
    share = (score - low) / (high - low)
    return round(_RIGHT[above - 1] + share * (_RIGHT[above] - _RIGHT[above - 1]), 3)
