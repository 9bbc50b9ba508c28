"""Why the names of one article are told as they are, in words."""

from collections import Counter
from collections.abc import Mapping, Sequence

from services.enrich.names.merge import Group, Spot
from services.enrich.names.telling import Decided

_HOW = {"read": "", "again": ", found again", "namesake": ", where a surname follows what else were a place"}
_MOST_FORMS = 4


def reasons(decided: Mapping[str, Decided], groups: Sequence[Group], least: float, *, by_model: bool) -> str:
    """`groups` are all that were found, `decided` those that are told; below `least` none is."""
    how = "the model reads English" if by_model else "not known to be English, so only lists of names count"
    if not groups:
        return f"{how}: nothing is named"
    told = [_of_told(slug, one) for slug, one in decided.items()]
    unsure = [f"{group.label} ({group.kind} {group.confidence:g})" for group in groups if group.confidence < least]
    if unsure:
        told.append(f"not told since less likely than {least:g}: {', '.join(unsure)}")
    return f"{how}: {'; '.join(told) or 'nothing is named'}"


def _of_told(slug: str, one: Decided) -> str:
    spots = one.group.spots
    surest = max(spots, key=lambda spot: spot.confidence)
    parts = [f"{slug} {surest.confidence:g} by {_mention(surest)}{_HOW[surest.by]}"]
    if len(spots) > 1:
        parts.append(f"{len(spots)} mentions{_forms(spots, surest)}{_ways(spots)}{_votes(spots)}")
    if one.group.kind == "place":
        place = one.certainty.place
        parts.append(
            f"{f'on the map as {place.label} ({place.country})' if place else 'not on the map'}: {one.certainty.why}"
        )
    return ", ".join(parts)


def _mention(spot: Spot) -> str:
    return f'"{spot.text}" in the {spot.field} at {spot.start}'


def _forms(spots: Sequence[Spot], surest: Spot) -> str:
    others = list(dict.fromkeys(spot.text for spot in spots if spot.text != surest.text))[:_MOST_FORMS]
    return f", also as {', '.join(others)}" if others else ""


def _ways(spots: Sequence[Spot]) -> str:
    again = sum(spot.by == "again" for spot in spots)
    return f", {again} of them found again" if again else ""


def _votes(spots: Sequence[Spot]) -> str:
    """Where mentions were taken for different kinds, what they weigh."""
    votes: Counter[str] = Counter()
    for spot in spots:
        votes[spot.kind] += round(100 * spot.confidence)
    if len(votes) < 2:
        return ""
    return ", taken for " + ", ".join(f"{kind} ({weight / 100:g})" for kind, weight in votes.most_common())
