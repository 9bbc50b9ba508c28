"""Persons who are called like a place: Paris Hilton, Jordan Peele."""

import re
from collections.abc import Callable, Mapping, Sequence

from services.enrich.names.merge import Field, Spot

CONFIDENCE = 0.6

_NEXT = re.compile(r" ([^\W\d_]+)(?!\w)")


def without_namesakes(
    spots: Sequence[Spot], texts: Mapping[Field, str], could_be_a_person: Callable[[str, str], bool]
) -> list[Spot]:
    """The spots, where a place that a surname follows has become a person; `could_be_a_person` is asked of the two."""
    at = {(spot.field, spot.start): spot for spot in spots}
    absorbed: set[Spot] = set()
    result: list[Spot] = []
    for spot in spots:
        text = texts[spot.field]
        after = _NEXT.match(text, spot.end) if spot.kind == "place" else None
        if after and after[1][0].isupper() and could_be_a_person(spot.text.lower(), after[1].lower()):
            end = after.end(1)
            beside = at.get((spot.field, after.start(1)))
            if beside is None or (beside.end == end and beside.kind == "person"):
                if beside:
                    absorbed.add(beside)
                result.append(spot._replace(end=end, text=text[spot.start : end], kind="person", confidence=CONFIDENCE))
                continue
        result.append(spot)
    return [spot for spot in result if spot not in absorbed] if absorbed else result
