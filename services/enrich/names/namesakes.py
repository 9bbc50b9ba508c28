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
    persons: list[tuple[Spot, int, int]] = []
    for spot in spots:
        text, end = texts[spot.field], spot.end
        if spot.kind == "place" and text[end : end + 1] == " " and text[end + 1 : end + 2].isupper():
            after = _NEXT.match(text, end)
            if after and could_be_a_person(spot.text.lower(), after[1].lower()):
                persons.append((spot, *after.span(1)))
    if not persons:
        return list(spots)
    at = {(spot.field, spot.start): spot for spot in spots}
    become: dict[Spot, Spot | None] = {}
    for spot, start, end in persons:
        beside = at.get((spot.field, start))
        if beside is None or (beside.end == end and beside.kind == "person"):
            if beside:
                become[beside] = None
            person = texts[spot.field][spot.start : end]
            become[spot] = Spot(spot.field, spot.start, end, person, "person", CONFIDENCE, "namesake")
    return [found for spot in spots if (found := become.get(spot, spot))]
