"""How what ingest remembers is written in Redis: short, since there is one for every article ever published.

Under an article's id stands `revision first_seen digest feeds`; under the id of an address that an article moved to,
`=` and the article's id; under a guid the article's id and its traits, 64 bytes at most, so that Redis packs them.
"""

import hashlib
from uuid import UUID

from services.ingest.guids import Traits
from services.ingest.recognise import Known, Named
from services.ingest.revise import Remembered

_ALIAS = b"="


def write_known(known: Known) -> bytes:
    """Empty for nothing, as a field that is not there."""
    if known is None:
        return b""
    if isinstance(known, UUID):
        return _ALIAS + known.bytes
    return f"{known.revision} {known.first_seen_ms} {known.digest} {','.join(known.feeds)}".encode()


def read_known(value: bytes | None) -> Known:
    if not value:
        return None
    if value.startswith(_ALIAS):
        return UUID(bytes=value[1:])
    revision, first_seen_ms, digest, feeds = value.decode().split(" ")
    return Remembered(int(revision), int(first_seen_ms), digest, tuple(feeds.split(",")))


def guid_field(feed: UUID, guid: str) -> bytes:
    return hashlib.blake2b(feed.bytes + guid.encode(), digest_size=10).digest()


def write_named(named: Named | None) -> bytes:
    if named is None:
        return b""
    traits = named.traits
    fixed = (named.article.bytes, traits.place, traits.query, traits.numbers, traits.moment)
    return b"".join((*fixed, *sorted(traits.words)))


def read_named(value: bytes | None) -> Named | None:
    if not value:
        return None
    words = value[32:]
    traits = Traits(
        place=value[16:21],
        query=value[21:24],
        numbers=value[24:28],
        moment=value[28:32],
        words=frozenset(words[at : at + 2] for at in range(0, len(words), 2)),
    )
    return Named(UUID(bytes=value[:16]), traits)
