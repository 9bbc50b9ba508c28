"""How many words an article has, and how long reading it takes."""

import math
import re
from collections.abc import Sequence
from dataclasses import replace

from services.enrich.step import Draft, Step

WORDS_PER_MINUTE = 238
"""Silent reading of English non-fiction by adults: Brysbaert (2019), Journal of Memory and Language 109."""

SIGNS_PER_MINUTE = 500
"""Chinese and Japanese are counted in signs, of which readers take in 400 to 600 a minute."""

LETTERS_PER_WORD = 5
"""For scripts that are written without spaces between words and are no signs: Thai, Lao, Burmese, Khmer."""

_SIGN = re.compile(
    "[\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
)
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]+")
_DASHES = "—–…/"
_QUOTES = "’‘“”"
"""With these out of the way most Western text is Latin-1, in which words are counted without looking at each."""

_LATIN = [chr(code) for code in range(256)]
_SPACES = "".join(" " if char.isspace() else char for char in _LATIN).encode("latin-1")
_NO_WORD = "".join(char for char in _LATIN if not char.isspace() and not char.isalnum()).encode("latin-1")


def reading_step() -> Step:
    return Step(
        name="reading", version=1, reads=("title", "summary", "text"), adds=("words", "reading_seconds"), run=_run
    )


def _run(drafts: Sequence[Draft]) -> Sequence[Draft]:
    return [replace(draft, words=words, reading_seconds=s) for draft in drafts for words, s in [_of(draft)]]


def _of(draft: Draft) -> tuple[int, int]:
    words, signs = count(draft.longest_text)
    return words + signs, math.ceil(60 * (words / WORDS_PER_MINUTE + signs / SIGNS_PER_MINUTE))


def count(text: str) -> tuple[int, int]:
    """Words, and signs of Chinese and Japanese.

    A word stands between spaces or dashes and has a letter or a digit in it: `state-of-the-art` and `don't` are one
    each. Each sign counts as one. A run in a script without spaces counts as one word for every 5 letters begun.
    """
    for dash in _DASHES:
        text = text.replace(dash, " ")
    for quote in _QUOTES:
        text = text.replace(quote, "'")
    try:
        return len(text.encode("latin-1").translate(_SPACES, _NO_WORD).split()), 0
    except UnicodeEncodeError:
        text, signs = _SIGN.subn(" ", text)
    unspaced = sum(math.ceil(len(run) / LETTERS_PER_WORD) for run in _UNSPACED.findall(text))
    return _spaced(_UNSPACED.sub(" ", text)) + unspaced, signs


def _spaced(text: str) -> int:
    tokens = text.split()
    doubtful = [token for token in tokens if not token[0].isalnum()]
    return len(tokens) - sum(not any(map(str.isalnum, token)) for token in doubtful)
