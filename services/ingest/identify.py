"""A document's entries to articles, as far as what is remembered of their addresses and guids can tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from services.ingest.compose import Found
from services.ingest.memory import GuidChange
from services.ingest.recognise import Known, Named, recognise


@dataclass(frozen=True, slots=True)
class Identified:
    """A found article under the id that it has. `named` is what is remembered of its guid, `moved` whether it is at a
    new address, whose id is `address` where that is not the article's own; `reason` says how it was recognised."""

    article: Found
    named: Named | None
    moved: bool
    address: UUID | None
    reason: str

    def guid_change(self, feed: UUID, *, published: bool) -> GuidChange | None:
        """What is to be remembered of its guid. Small changes of an article that is not `published` can wait."""
        guid = self.article.guid
        if guid is None:
            return None
        after = Named(self.article.id, guid.traits)
        if self.named and not published:
            known, new = self.named.traits, guid.traits
            if (self.named.article, known.place, known.query) == (self.article.id, new.place, new.query):
                return None
        return GuidChange(feed, guid.text, self.named, after) if after != self.named else None


def identify(
    found: Sequence[Found], known: Mapping[UUID, Known], named: Mapping[str, Named | None]
) -> list[Identified]:
    """In the document's order, no article twice. `known` has what is remembered under the ids by address, `named` of
    the guids.

    Of two entries that would be one article that one is it which was it before, and else the first. The other is known
    by its guid alone; without a guid it is left out, as the same article at its former address.
    """
    addresses = {article.id for article in found}
    memories = [named.get(article.guid.text) if article.guid else None for article in found]
    told = [
        recognise(article.id, known.get(article.id), article.guid, memory, addresses)
        for article, memory in zip(found, memories, strict=True)
    ]
    holders: dict[UUID, int] = {}
    for at in sorted(range(len(found)), key=lambda at: not told[at].settled):
        holders.setdefault(told[at].article, at)
    identified: dict[UUID, Identified] = {}
    for at, (article, memory, its) in enumerate(zip(found, memories, told, strict=True)):
        identity, moved, reason = its.article, its.moved, its.reason
        if holders[identity] != at:
            if article.by_guid is None:
                continue
            identity, moved, reason = article.by_guid, False, "its address is that of another entry's article"
        new_address = identity not in (article.id, article.by_guid) and known.get(article.id) is None
        identified.setdefault(
            identity,
            Identified(replace(article, id=identity), memory, moved, article.id if new_address else None, reason),
        )
    return list(identified.values())
