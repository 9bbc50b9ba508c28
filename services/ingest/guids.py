"""What a feed's guids are worth, and what else of an entry tells whether it is still the same article."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.contracts.address_key import address_key
from services.ingest.parse import Entry

Key = str | None
"""Of an address (`address_key`)."""

_MOST_WORDS = 16
_WORD = re.compile(r"\w+")
_TIME_OF_DAY = re.compile(r"\d:\d\d")
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class Traits:
    """Hashes, short because a million are remembered; empty where the entry has none of that.

    `place` and `query` are the two parts of its address; `numbers` are those in the address, `moment` is when it was
    published, to the minute or finer, and `words` are those of its title.
    """

    place: bytes
    query: bytes
    numbers: bytes
    moment: bytes
    words: frozenset[bytes]


@dataclass(frozen=True, slots=True)
class Guid:
    """A guid by which its feed may know an article again. `specific` where no other article is likely to have it."""

    text: str
    specific: bool
    traits: Traits


def guids_of(
    entries: Sequence[Entry], *, generic: frozenset[Key], keys: Sequence[Key] | None = None
) -> list[Guid | None]:
    """For each entry of a document its guid, or None where that tells nothing: without a link, or of several articles.

    `generic` are the keys of addresses that stand for no single article, `keys` those of the entries' own where they
    are known.
    """
    keys = keys or [address_key(entry.url) for entry in entries]
    addresses: dict[str | None, set[str | None]] = {}
    moments: dict[str | None, set[str | None]] = {}
    for entry, key in zip(entries, keys, strict=True):
        addresses.setdefault(entry.guid, set()).add(key)
        moments.setdefault(entry.published, set()).add(entry.guid)
    return [
        _guid(entry, key, alone=len(moments[entry.published]) == 1)
        if key and len(addresses[entry.guid]) == 1 and (address_key(entry.guid) or "") not in generic
        else None
        for entry, key in zip(entries, keys, strict=True)
    ]


def _guid(entry: Entry, key: str, *, alone: bool) -> Guid | None:
    if not entry.guid:
        return None
    place, _mark, query = key.partition("?")
    moment = entry.published if alone and _TIME_OF_DAY.search(entry.published or "") else None
    traits = Traits(
        place=_hash(place, 5),
        query=_hash(query, 3),
        numbers=_hash(" ".join(re.findall(r"\d+", key.partition("/")[2])), 4),
        moment=_hash(moment or "", 4),
        words=words_of(entry.title),
    )
    return Guid(entry.guid, len(entry.guid) >= 8 and bool(re.search(r"\d", entry.guid)), traits)


def words_of(title: str) -> frozenset[bytes]:
    """The title's words of four letters and more; pairs of characters where words are not set apart."""
    words: set[str] = set()
    for word in _WORD.findall(title.casefold()):
        if _EAST_ASIAN.search(word):
            words |= {word[at : at + 2] for at in range(max(len(word) - 1, 1))}
        elif len(word) >= 4 or word.isdigit():
            words.add(word)
    return frozenset(sorted(_hash(word, 2) for word in words or {title.casefold()})[:_MOST_WORDS])


def alike(some: frozenset[bytes], others: frozenset[bytes]) -> bool:
    """Whether two titles share more than half of the shorter one's words."""
    shared = len(some & others)
    return some == others or (shared >= 2 and 2 * shared > min(len(some), len(others)))


def _hash(text: str, size: int) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=size).digest() if text else bytes(size)
