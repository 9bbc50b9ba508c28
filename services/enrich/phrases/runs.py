"""Phrases of a text: runs of words between stop words and signs, at most three words long."""

import re

from services.enrich.phrases.background import ENDS, Background

LONGEST = 3
"""Words. Of a longer run the rarest three in a row stand for it."""

_TOKENS = re.compile(rf"(?:[^\W\d_]\.){{2,}}|[^\W\d_][\w'’-]*|\d|[{re.escape(''.join(ENDS))}]")
_SHORT = 4
_PLAIN = 4.0
_ROOTS = tuple(number**0.5 for number in range(LONGEST + 1))


def phrases_in(text: str, background: Background | None) -> list[tuple[str, float]]:
    """Each phrase as it stands in the text, with its weight: the rarer its words and the more, the greater.

    Without a background, words of less than four letters count as stop words, and all others alike.
    """
    tokens = _TOKENS.findall(text)
    if background is None:
        weights = [_PLAIN if len(token) >= _SHORT else 0.0 for token in tokens]
    else:
        weights = list(map(background.__getitem__, tokens))
    found = []
    start = 0
    stops = [at for at, weight in enumerate(weights) if not weight]
    stops.append(len(weights))
    for end in stops:
        size = end - start
        if size == 1:
            found.append((tokens[start], weights[start]))
        elif size:
            if size > LONGEST:
                start = max(range(start, end - LONGEST + 1), key=lambda at: sum(weights[at : at + LONGEST]))
                size = LONGEST
            phrase, weight = " ".join(tokens[start : start + size]), sum(weights[start : start + size])
            found.append((phrase, weight / _ROOTS[size]))
        start = end + 1
    return found
