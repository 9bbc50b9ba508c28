"""Phrases of a text: runs of words between stop words and signs, at most three words long."""

import re
from collections.abc import Iterator
from itertools import pairwise

from services.enrich.phrases.background import ENDS, Background

LONGEST = 3
"""Words. Of a longer run the rarest three in a row stand for it."""

_TOKENS = re.compile(rf"(?:[^\W\d_]\.){{2,}}|[^\W\d_][\w'’-]*|\d|[{re.escape(''.join(ENDS))}]")
_SHORT = 4
_PLAIN = 4.0


def phrases_in(text: str, background: Background | None) -> Iterator[tuple[str, float]]:
    """Each phrase as it stands in the text, with its weight: the rarer its words and the more, the greater.

    Without a background, words of less than four letters count as stop words, and all others alike.
    """
    tokens = _TOKENS.findall(text)
    words = [token.lower() for token in tokens]
    if "’" in text:
        words = [word.replace("’", "'") for word in words]
    if background is None:
        weights = [_PLAIN if len(word) >= _SHORT else 0.0 for word in words]
    else:
        get, unlisted = background.weights.get, background.unlisted
        weights = [get(word, unlisted) for word in words]
    stops = [-1, *[at for at, weight in enumerate(weights) if not weight], len(weights)]
    for stop, end in pairwise(stops):
        start, size = stop + 1, end - stop - 1
        if size == 1:
            yield tokens[start], weights[start]
        elif size:
            if size > LONGEST:
                start = max(range(start, end - LONGEST + 1), key=lambda at: sum(weights[at : at + LONGEST]))
                size = LONGEST
            yield " ".join(tokens[start : start + size]), sum(weights[start : start + size]) / size**0.5
