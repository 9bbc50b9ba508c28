"""How rare words are in the news of a language, as the files beside this one tell: made by `training.phrases`.

Each line is an inverse document frequency in tenths (of the natural logarithm) and the words that have it; 0 is for
stop words. A word that is not listed is rarer than all that are.
"""

from collections.abc import Mapping
from pathlib import Path

DIGITS = tuple("0123456789")
ENDS = (".", ",", ";", ":", "!", "?", "(", ")", "[", "]", "|", "/", "—", "–", "“", "”", '"', "«", "»", "…")
"""Signs that end a phrase, as numbers do; others are passed over."""

_REMEMBERED = 100_000
_FOLDER = Path(__file__).parent


class Background(dict[str, float]):
    """How much each word weighs as it stands in a text: 0 for stop words and signs, `unlisted` for words that `weights`
    does not have in lower case. Words that were asked for are remembered, up to a bound."""

    def __init__(self, weights: Mapping[str, float], unlisted: float) -> None:
        super().__init__(weights)
        self._weights, self._unlisted = weights, unlisted

    def __missing__(self, token: str) -> float:
        weight = self._weights.get(token.lower().replace("’", "'"), self._unlisted)
        if len(self) < _REMEMBERED:
            self[token] = weight
        return weight


def load_backgrounds() -> dict[str, Background]:
    """By language; for now English alone."""
    return {file.stem.removeprefix("background-"): _read(file) for file in sorted(_FOLDER.glob("background-*.txt"))}


def _read(file: Path) -> Background:
    weights: dict[str, float] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            tenths, *words = line.split()
            weights |= dict.fromkeys(words, int(tenths) / 10)
    return Background(weights | dict.fromkeys(ENDS + DIGITS, 0.0), max(weights.values()) + 0.5)
