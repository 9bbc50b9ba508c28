"""Key phrases of title and lede: what the article is about, in its own words."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pydantic import TypeAdapter

from services.contracts.enrichments import Name, Phrase
from services.enrich.phrases.background import Background
from services.enrich.phrases.runs import phrases_in
from services.enrich.step import Draft, Step

MOST = 8
LEDE = 400
"""Characters after the title that are looked at: what an article is about stands in its beginning."""

IN_TITLE = 1.5
AGAIN = 0.5
OF_A_NAME = 10.0
"""Names come before all phrases, the most mentioned first."""

_UNSPACED = frozenset(("zh", "ja", "th", "lo", "km", "my"))


_PHRASES: TypeAdapter[list[tuple[Phrase, ...]]] = TypeAdapter(list[tuple[Phrase, ...]])
"""Checks a whole batch at once, in a fifth of the time that making one phrase after the other takes."""

_Chosen = list[dict[str, str | float]]
"""Phrases before they are checked."""


def phrases_step(backgrounds: Mapping[str, Background]) -> Step:
    def run(drafts: Sequence[Draft]) -> Sequence[Draft]:
        found = _PHRASES.validate_python([_phrases(draft, backgrounds) for draft in drafts])
        return [replace(draft, phrases=phrases) for draft, phrases in zip(drafts, found, strict=True)]

    def explain(draft: Draft) -> str:
        names, code = len(_names(draft.names)), draft.language.code
        if code in _UNSPACED:
            return f"{names} names; {code} is written without spaces, in which no phrases are looked for"
        _labels, weights = weighed(draft, backgrounds)
        rarity = f"rarity as in {code} news" if code in backgrounds else "the length of words, for want of a background"
        heaviest = sorted(weights.items(), key=lambda pair: -pair[1])[:MOST]
        told = ", ".join(f"{phrase!r} {weight:.1f}" for phrase, weight in heaviest)
        return f"{names} names first, then by {rarity}: {told or 'nothing'}; what stands in another is left out"

    return Step(
        name="phrases",
        version=1,
        reads=("title", "summary", "text", "language", "names"),
        adds=("phrases",),
        run=run,
        explain=explain,
    )


def _phrases(draft: Draft, backgrounds: Mapping[str, Background]) -> _Chosen:
    """Up to eight. Languages that write without spaces between words get their names alone."""
    chosen = _names(draft.names)
    if draft.language.code in _UNSPACED or len(chosen) >= MOST:
        return chosen[:MOST]
    labels, weights = weighed(draft, backgrounds)
    taken = [f" {str(phrase['text']).lower()} " for phrase in chosen]
    for key in sorted(weights, key=weights.__getitem__, reverse=True):
        if len(chosen) == MOST:
            break
        padded = f" {key} "
        for other in taken:
            if padded in other or other in padded:
                break
        else:
            taken.append(padded)
            chosen.append({"text": labels[key], "weight": round(weights[key], 2)})
    return chosen


def weighed(draft: Draft, backgrounds: Mapping[str, Background]) -> tuple[dict[str, str], dict[str, float]]:
    """All phrases of title and lede, by their lower-case form: as they stood there first, and their weights."""
    article, background = draft.article, backgrounds.get(draft.language.code or "")
    weights: dict[str, float] = {}
    labels: dict[str, str] = {}
    for text, more in ((article.title, IN_TITLE), ((article.summary or article.text or "")[:LEDE], 1.0)):
        for phrase, weight in phrases_in(text, background):
            key = phrase.lower()
            if key in weights:
                weights[key] += AGAIN * weight
            else:
                labels[key], weights[key] = phrase, weight * more
    return labels, weights


def _names(names: Sequence[Name]) -> _Chosen:
    """The labels of the names by how often they are mentioned."""
    ordered = sorted(names, key=lambda name: -len(name.mentions))[:MOST]
    labels = dict.fromkeys(name.label for name in ordered)
    return [{"text": label, "weight": OF_A_NAME * (MOST - rank)} for rank, label in enumerate(labels)]
