"""The mentions of one article as names: each person, organisation and place once."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, NamedTuple

from services.enrich.names.organisations import SLUGS, initials_of, without_legal_form
from services.enrich.names.places import Gazetteer, Place, folded
from services.enrich.names.tagger import Kind

Field = Literal["title", "summary", "text"]

_REMEMBERED = 20_000


By = Literal["read", "again", "namesake"]
"""How a mention was found: where the text was read, as a name that was read elsewhere, by the surname that follows."""


class Spot(NamedTuple):
    """A mention: the name as it stands in `field` from `start` to `end`."""

    field: Field
    start: int
    end: int
    text: str
    kind: Kind
    confidence: float
    by: By = "read"


@dataclass(slots=True)
class Group:
    """All mentions of one name. `key` is what they have in common."""

    key: str
    kind: Kind
    spots: list[Spot] = field(default_factory=list)
    candidates: Sequence[Place] = ()
    slug: str | None = None

    @property
    def label(self) -> str:
        """The fullest form; of forms as long the commonest, then the first, and one not in capitals before all."""
        first = self.spots[0].text
        if len(self.spots) == 1:
            return first
        forms = Counter([spot.text for spot in self.spots])
        if len(forms) == 1:
            return first
        return max(
            forms, key=lambda form: (not form.isupper() or len(form) < 6, len(form.split()), len(form), forms[form])
        )

    @property
    def confidence(self) -> float:
        if len(self.spots) == 1:
            return self.spots[0].confidence
        return max(spot.confidence for spot in self.spots)


def merged(spots: Sequence[Spot], gazetteer: Gazetteer) -> list[Group]:
    """The names, in the order of their first mentions."""
    by_key: dict[str, list[Spot]] = {}
    for spot in spots:
        if key := _key_of(spot.text):
            if key in by_key:
                by_key[key].append(spot)
            else:
                by_key[key] = [spot]
    groups = [Group(key, _kind(members), members) for key, members in by_key.items()]
    joined = _organisations(_persons(groups))
    if len(joined) < len(groups):
        order = {spot: number for number, spot in enumerate(spots)}
        for group in joined:
            group.spots.sort(key=order.__getitem__)
        joined.sort(key=lambda group: order[group.spots[0]])
    for group in joined:
        if group.kind == "place":
            group.candidates = gazetteer.named(group.key)
    return joined


@lru_cache(_REMEMBERED)
def _key_of(name: str) -> str:
    return folded(name).removesuffix("'s").strip(" .,'\"")


def _kind(spots: Sequence[Spot]) -> Kind:
    """What its mentions are taken for, each vote as heavy as it is sure."""
    if len(spots) == 1:
        return spots[0].kind
    votes: dict[Kind, float] = defaultdict(float)
    for spot in spots:
        votes[spot.kind] += spot.confidence
    return max(votes, key=lambda kind: votes[kind])


def _persons(groups: list[Group]) -> list[Group]:
    """`Putin` joins `Vladimir Putin`, where the article has one person of that surname; `Xi` joins `Xi Jinping`."""
    full = {id(group) for group in groups if group.kind == "person" and " " in group.key}
    if not full:
        return groups
    by_last: dict[str, list[Group]] = defaultdict(list)
    by_first: dict[str, list[Group]] = defaultdict(list)
    by_ends: dict[tuple[str, str], Group] = {}
    kept: list[Group] = []
    for group in groups:
        if id(group) in full:
            words = group.key.split()
            ends = words[0], words[-1]
            # `Donald J Trump` is `Donald Trump`.
            if other := by_ends.get(ends):
                other.spots += group.spots
                continue
            by_ends[ends] = group
            by_last[words[-1]].append(group)
            by_first[words[0]].append(group)
    firsts = {id(group) for group in by_ends.values()}
    for group in groups:
        if id(group) in full:
            if id(group) in firsts:
                kept.append(group)
            continue
        owners = by_last.get(group.key) or (by_first.get(group.key, []) if group.kind == "person" else [])
        # A surname may have been taken for something else; a place that people are named after stays one.
        if len(owners) == 1 and (group.kind == "person" or (group.kind == "organisation" and group.confidence < 0.8)):
            owners[0].spots += group.spots
        else:
            kept.append(group)
    return kept


def _organisations(groups: list[Group]) -> list[Group]:
    """`NATO` and `North Atlantic Treaty Organization` are one where both stand; so are `Apple` and `Apple Inc`."""
    organisations = [group for group in groups if group.kind == "organisation"]
    if not organisations:
        return groups
    by_initials: dict[str, list[Group]] = defaultdict(list)
    for group in organisations:
        group.slug = SLUGS.get(group.key)
        by_initials[initials_of(group.label)].append(group)
    owner: dict[str, Group] = {}
    kept: list[Group] = []
    for group in groups:
        if group.kind != "organisation":
            kept.append(group)
            continue
        name = group.slug or without_legal_form(group.key)
        short = group.label.replace(".", "")
        long_forms = by_initials.get(short, []) if short.isupper() and 2 <= len(short) <= 8 else []
        if len(long_forms) == 1 and long_forms[0] is not group:
            name = long_forms[0].slug or without_legal_form(long_forms[0].key)
            group.slug = long_forms[0].slug = long_forms[0].slug or short.lower()
        if name in owner:
            owner[name].spots += group.spots
            owner[name].slug = owner[name].slug or group.slug
        else:
            owner[name] = group
            kept.append(group)
    return kept
