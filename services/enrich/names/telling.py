"""What is told of an article's names, as the contract has it."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from services.contracts.enrichments import Mention, Name
from services.enrich.names.certain import Certainty
from services.enrich.names.made import made
from services.enrich.names.merge import Field, Group

_REMEMBERED = 20_000


class Decided(NamedTuple):
    """A name that is told, and which place it is."""

    group: Group
    certainty: Certainty


def told(decided: Mapping[str, Decided], method: str) -> tuple[Name, ...]:
    """`decided` has a name for each slug; `method` is how all were found."""
    return tuple(_name(slug, one.group, one.certainty, method) for slug, one in decided.items())


def _name(slug: str, group: Group, certainty: Certainty, method: str) -> Name:
    place = certainty.place
    return made(
        Name,
        {
            "slug": slug,
            "label": " ".join(group.label.split()),
            "kind": group.kind,
            "mentions": tuple([_mention(spot.field, spot.start, spot.end) for spot in group.spots]),
            "method": method,
            "confidence": group.confidence,
            "country": place.country if place else None,
            "latitude": place.latitude if place else None,
            "longitude": place.longitude if place else None,
        },
    )


@lru_cache(_REMEMBERED)
def _mention(field: Field, start: int, end: int) -> Mention:
    return made(Mention, {"field": field, "start": start, "end": end})
