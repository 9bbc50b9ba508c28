"""What replicas remember together of the articles of 72 hours, and each arrival's answer from it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.enrich.context import Arrival, Context
from services.enrich.repeats.buckets import Buckets
from services.enrich.repeats.decide import repeat_of
from services.enrich.repeats.layout import (
    Bucket,
    Ref,
    Root,
    Trace,
    key_bucket,
    key_entry,
    ref_of,
    refs_of,
    root_bucket,
    root_entry,
    roots_in,
    span_of,
    spans_to,
    trace_bucket,
    trace_entry,
    trace_of,
    traces_of,
)
from services.enrich.repeats.prints import print_of

_Found = tuple[int, Ref]
"""The span and the ref of an article that was found by a key."""


class RepeatMemory:
    """A `Memory` that says what each arrival repeats.

    A batch is written before anything of it is looked up, so articles of one batch see each other, and is decided in
    the order of places, so the outcome is the same however it was batched. Of two replicas that work on a pair at
    the same moment, the one with the later article sees the earlier if that was written by then.
    """

    def __init__(self, buckets: Buckets) -> None:
        self._buckets = buckets

    async def __call__(self, arrivals: Sequence[Arrival], contexts: Sequence[Context]) -> Sequence[Context]:
        traces = _traces(arrivals)
        met = await self._note(traces)
        known, roots = await self._recall({one for found in met for one in found})
        repeats, entries = [], []
        for trace, found in zip(traces, met, strict=True):
            ref = ref_of(trace.id)
            candidates = [other for one in found for other in known[one]]
            own = [other for other in candidates if other.id == trace.id]
            told = repeat_of(trace, own, candidates, roots)
            if told:
                roots.setdefault(ref, told.root)
                entries.append((root_bucket(span_of(trace.seen), ref), root_entry(ref, told.root)))
            repeats.append(told.repeat() if told else None)
        if entries:
            await self._buckets.write_and_read(entries, [])
        return [replace(context, repeats=repeat) for context, repeat in zip(contexts, repeats, strict=True)]

    async def _note(self, traces: Sequence[Trace]) -> list[list[_Found]]:
        """Write them, and find for each whoever has one of its keys, itself included."""
        entries: list[tuple[Bucket, bytes]] = []
        places = [_key_places(trace) for trace in traces]
        for trace in traces:
            ref, span = ref_of(trace.id), span_of(trace.seen)
            entries.append((trace_bucket(span, ref), trace_entry(trace)))
            entries += [(key_bucket(span, key), key_entry(key, ref)) for key in trace.print.keys]
        read = dict.fromkeys(bucket for each in places for _, _, bucket in each)
        held = await self._buckets.write_and_read(entries, list(read))
        return [_met(trace, each, held) for trace, each in zip(traces, places, strict=True)]

    async def _recall(self, wanted: set[_Found]) -> tuple[dict[_Found, list[Trace]], dict[Ref, Root]]:
        """The traces of those who were found, and the roots of those of them that are repeats."""
        traces = {one: trace_bucket(*one) for one in wanted}
        roots = sorted({root_bucket(*one) for one in wanted})
        held = await self._buckets.write_and_read([], sorted({*traces.values(), *roots}))
        known = {one: list(traces_of(one[1], held.get(bucket, b""))) for one, bucket in traces.items()}
        return known, roots_in(held.get(bucket, b"") for bucket in roots)


def _traces(arrivals: Sequence[Arrival]) -> list[Trace]:
    return [trace_of(article, place, print_of(article)) for article, place in arrivals]


def _key_places(trace: Trace) -> list[tuple[int, int, Bucket]]:
    """The spans in which each key of it is looked for, with the bucket of both."""
    return [(span, key, key_bucket(span, key)) for span in spans_to(trace.seen) for key in trace.print.keys]


def _met(trace: Trace, places: Sequence[tuple[int, int, Bucket]], held: Mapping[Bucket, bytes]) -> list[_Found]:
    own = (span_of(trace.seen), ref_of(trace.id))
    found = dict.fromkeys([own])
    for span, key, name in places:
        if bucket := held.get(name):
            for ref in refs_of(key, bucket):
                found[span, ref] = None
    return list(found)
