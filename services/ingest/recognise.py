"""Which article is an entry, when its address says one thing and its guid another?

The address is the identity. A guid only adds that an article may have got a new address, as when a headline was
corrected and the address with it. Two articles must never become one, so a guid alone is not believed: publishers
number the places in their feed, or give a copied article its model's guid.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from services.ingest.guids import Guid, Traits, alike
from services.ingest.revise import Remembered


@dataclass(frozen=True, slots=True)
class Named:
    """What is remembered of a guid in a feed: the article that had it last, and what that looked like."""

    article: UUID
    traits: Traits


@dataclass(frozen=True, slots=True)
class Recognition:
    """The article, whether it is at a new address, and why. `settled` where it was this article there before."""

    article: UUID
    reason: str
    moved: bool = False
    settled: bool = False


Known = Remembered | UUID | None
"""What is remembered under an id: an article, the id of the article whose address it has become, or nothing."""


def recognise(
    own: UUID, at_own: Known, guid: Guid | None, named: Named | None, others: Collection[UUID]
) -> Recognition:
    """`own` is the id by the entry's address, `at_own` what is remembered there, `named` what of its guid. `others`
    are the ids by address of all entries in the document."""
    by_address = at_own if isinstance(at_own, UUID) else own
    if guid is None or named is None:
        return Recognition(by_address, "known by its address alone")
    before, now = named.traits, guid.traits
    moved = before.place != now.place
    if (before.place, before.query) == (now.place, now.query):
        return Recognition(named.article, "neither guid nor address changed", settled=True)
    if named.article == by_address:
        return Recognition(by_address, "guid and address agree", moved)
    doubt = _doubt(at_own, named, others)
    likeness = _likeness(guid, before)
    if doubt or not likeness:
        return Recognition(by_address, doubt or "its guid was used for another article before")
    return Recognition(named.article, f"its address changed: {likeness}", moved)


def _doubt(at_own: Known, named: Named, others: Collection[UUID]) -> str | None:
    if at_own is not None:
        return "another article has this address already"
    if named.article in others:
        return "its guid's article stands in the same document, at its own address"
    return None


def _likeness(guid: Guid, before: Traits) -> str | None:
    """What bears out that it is the same article: two of a guid that no other is likely to have, the moment of
    publishing and a title that is alike. Without the moment, the numbers in the address must agree: they are dates and
    article numbers, and tell today's edition of a column from yesterday's."""
    now = guid.traits
    at_once = any(now.moment) and now.moment == before.moment
    same_words = alike(now.words, before.words)
    if at_once and (guid.specific or same_words):
        return "same guid, and published at the same moment"
    if guid.specific and same_words and now.numbers == before.numbers:
        return "same guid, a title alike and the same numbers in the address"
    return None
