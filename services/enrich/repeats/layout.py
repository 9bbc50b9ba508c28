"""The one place that knows how prints are kept: the names of buckets, and the bytes in them.

Time is cut into spans of 36 hours by `first_seen`, so that 72 hours reach over three of them and each span can
expire as a whole. In a span a bucket holds what shares some bits of a hash: `k` tells which articles have a key, `a`
has the articles' traces, `r` the roots of those that are repeats.
"""

import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from services.contracts.articles import Article
from services.enrich.context import Place
from services.enrich.repeats.prints import Print, hash_of

SPAN_S = 36 * 3600
MEMORY_S = 72 * 3600
SPANS = 1 + MEMORY_S // SPAN_S
LASTS_S = (SPANS + 1) * SPAN_S
"""How long a bucket is kept after it was last written."""

Bucket = bytes
Ref = bytes
"""The first bytes of an article's id. Where two share them, their traces still tell them apart."""

MOST_REFS = 8
"""Articles that are looked at for one key in one span: words that many have in common identify none."""

_REF = 5
_KEY_ENTRY = 3 + _REF
_KEY_BUCKETS = 14
"""Bits. Keys are the smallest of many hashes, so only their low bits are spread evenly."""

_TRACE_BUCKETS = 12
_ROOT_ENTRY = _REF + 20
_HEAD = struct.Struct(">H16sQIIIH?B")


class Trace(NamedTuple):
    """What is remembered of one revision. `seen` is its article's `first_seen` in seconds of the epoch."""

    id: bytes
    place: Place
    seen: int
    source: int
    print: Print


class Root(NamedTuple):
    """Whom an article repeats in the end: an article's id, and a hash of its source's."""

    id: bytes
    source: int


def trace_of(article: Article, place: Place, made: Print) -> Trace:
    return Trace(article.id.bytes, place, int(article.first_seen.timestamp()), hash_of(article.source.id), made)


def ref_of(article: bytes) -> Ref:
    return article[:_REF]


def span_of(seen: int) -> int:
    return seen // SPAN_S


def spans_to(seen: int) -> range:
    """The spans in which an article that was seen then may find an earlier one; its own is the last."""
    return range(span_of(seen) - SPANS + 1, span_of(seen) + 1)


def key_bucket(span: int, key: int) -> Bucket:
    return b"%d:k:%x" % (span, key & (1 << _KEY_BUCKETS) - 1)


def key_entry(key: int, ref: Ref) -> bytes:
    return (key >> _KEY_BUCKETS).to_bytes(3) + ref


def refs_of(key: int, bucket: bytes) -> Iterator[Ref]:
    """The first articles in a bucket that have the key."""
    wanted, found = (key >> _KEY_BUCKETS).to_bytes(3), 0
    at = bucket.find(wanted)
    while at >= 0 and found < MOST_REFS:
        if at % _KEY_ENTRY == 0:
            found += 1
            yield bucket[at + 3 : at + _KEY_ENTRY]
        at = bucket.find(wanted, at + 1)


def trace_bucket(span: int, ref: Ref) -> Bucket:
    return b"%d:a:%x" % (span, _bits(ref))


def trace_entry(trace: Trace) -> bytes:
    made = trace.print
    pairs = struct.pack(f">{len(made.title) + len(made.body)}H", *sorted(made.title), *sorted(made.body))
    size = _HEAD.size + len(pairs)
    place = trace.place
    head = (size, trace.id, place.ms, place.seq, trace.seen, trace.source, made.series, made.live, len(made.title))
    return _HEAD.pack(*head) + pairs


def traces_of(ref: Ref, bucket: bytes) -> Iterator[Trace]:
    """The traces of an article in a bucket; one for each of its revisions."""
    at = 0
    while at < len(bucket):
        size = bucket[at] << 8 | bucket[at + 1]
        if bucket.startswith(ref, at + 2):
            _, identity, ms, seq, seen, source, series, live, titles = _HEAD.unpack_from(bucket, at)
            pairs = struct.unpack_from(f">{(size - _HEAD.size) // 2}H", bucket, at + _HEAD.size)
            made = Print(pairs[:titles], pairs[titles:], series, live, ())
            yield Trace(identity, Place(ms, seq), seen, source, made)
        at += size


def root_bucket(span: int, ref: Ref) -> Bucket:
    return b"%d:r:%x" % (span, _bits(ref))


def root_entry(ref: Ref, root: Root) -> bytes:
    return ref + root.id + root.source.to_bytes(4)


def roots_in(buckets: Iterable[bytes]) -> dict[Ref, Root]:
    """The root of each article in the buckets; the first that was noted."""
    roots: dict[Ref, Root] = {}
    for bucket in buckets:
        for at in range(0, len(bucket), _ROOT_ENTRY):
            ref, identity, source = bucket[at : at + _REF], bucket[at + _REF :][:16], bucket[at + _REF + 16 :][:4]
            roots.setdefault(ref, Root(identity, int.from_bytes(source)))
    return roots


def _bits(ref: Ref) -> int:
    return int.from_bytes(ref[:2]) >> 16 - _TRACE_BUCKETS
