"""Key phrases of title and lede: what the article is about, in its own words."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

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


def phrases_step(backgrounds: Mapping[str, Background]) -> Step:
    def run(drafts: Sequence[Draft]) -> Sequence[Draft]:
        return [replace(draft, phrases=_phrases(draft, backgrounds)) for draft in drafts]

    return Step(
        name="phrases",
        version=1,
        reads=("title", "summary", "text", "language", "names"),
        adds=("phrases",),
        run=run,
    )


def _phrases(draft: Draft, backgrounds: Mapping[str, Background]) -> tuple[Phrase, ...]:
    """Up to eight. Languages that write without spaces between words get their names alone."""
    article, language = draft.article, draft.language.code
    chosen = _names(draft.names)
    if language in _UNSPACED or len(chosen) >= MOST:
        return tuple(chosen[:MOST])
    background = backgrounds.get(language or "")
    weights: dict[str, float] = {}
    labels: dict[str, str] = {}
    for text, more in ((article.title, IN_TITLE), ((article.summary or article.text or "")[:LEDE], 1.0)):
        for phrase, weight in phrases_in(text, background):
            key = phrase.lower()
            labels.setdefault(key, phrase)
            weights[key] = weights[key] + AGAIN * weight if key in weights else weight * more
    taken = [f" {phrase.text.lower()} " for phrase in chosen]
    for key in sorted(weights, key=lambda key: -weights[key]):
        if len(chosen) == MOST:
            break
        padded = f" {key} "
        for other in taken:
            if padded in other or other in padded:
                break
        else:
            taken.append(padded)
            chosen.append(Phrase(text=labels[key], weight=round(weights[key], 2)))
    return tuple(chosen)


def _names(names: Sequence[Name]) -> list[Phrase]:
    """The labels of the names by how often they are mentioned."""
    ordered = sorted(names, key=lambda name: -len(name.mentions))[:MOST]
    labels = dict.fromkeys(name.label for name in ordered)
    return [Phrase(text=label, weight=OF_A_NAME * (MOST - rank)) for rank, label in enumerate(labels)]
