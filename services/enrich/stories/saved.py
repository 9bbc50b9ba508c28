"""The state of an engine as bytes, and back. Numbers as they lie in memory, all else as JSON; no code in it."""

import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import asdict, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.enrich.stories.index import Index
from services.enrich.stories.rarity import Rarity
from services.enrich.stories.series import Series
from services.enrich.stories.setting import Setting
from services.enrich.stories.shelf import Shelf
from services.enrich.stories.state import Edits, State
from services.enrich.stories.told import Told

VERSION = 2
"""To be raised with every change of the engine after which the same arrivals may give other stories."""

_MAGIC = b"dateline stories\n"
_FAST = 1


class OtherSnapshot(ValueError):
    """A snapshot that this engine cannot go on from. The message says why; what to do is to replay the stream."""


def saved(state: State, language: str, setting: Setting) -> bytes:
    arrays = dict(_arrays(state))
    head = {
        "version": VERSION,
        "language": language,
        "setting": asdict(setting),
        "arrays": [[name, array.dtype.str, array.shape] for name, array in arrays.items()],
        "texts": state.rarity.texts,
        "clock": state.clock,
        "sequence": state.sequence,
        "free": state.free,
        "told": [[place, *_told(told)] for place, told in enumerate(state.told) if told is not None],
        "into": [[one.hex(), other.hex()] for one, other in state.into.items()],
        "pinned": [[one.hex(), other.hex()] for one, other in state.edits.pinned.items()],
        "merged": [[one.hex(), other.hex()] for one, other in state.edits.merged.items()],
        "apart": [[one.hex(), other.hex()] for one, other in sorted(state.edits.apart)],
        "titles": [[story.hex(), title] for story, title in state.edits.titles.items()],
    }
    text = json.dumps(head, separators=(",", ":")).encode()
    packer = zlib.compressobj(_FAST)
    packed = [packer.compress(part) for part in (struct.pack("<Q", len(text)), text)]
    packed += [packer.compress(np.ascontiguousarray(array).tobytes()) for array in arrays.values()]
    return _MAGIC + b"".join(packed) + packer.flush()


def restored(snapshot: bytes, language: str, setting: Setting) -> State:
    """Raises `OtherSnapshot`."""
    try:
        if not snapshot.startswith(_MAGIC):
            raise OtherSnapshot("it is no snapshot of stories")
        body = memoryview(zlib.decompress(memoryview(snapshot)[len(_MAGIC) :]))
        (length,) = struct.unpack_from("<Q", body)
        head = json.loads(bytes(body[8 : 8 + length]))
        for name, expected in (("version", VERSION), ("language", language), ("setting", asdict(setting))):
            if head[name] != expected:
                raise OtherSnapshot(f"its {name} is {head[name]!r}, not {expected!r}")
        return _state(head, body[8 + length :])
    except (zlib.error, struct.error, KeyError, TypeError, LookupError, UnicodeDecodeError) as error:
        raise OtherSnapshot(f"it is damaged: {type(error).__name__}: {error}") from error


def _arrays(state: State) -> Iterator[tuple[str, NDArray[Any]]]:
    yield from state.shelf.arrays()
    yield "index rows", state.index.rows
    yield "index written", state.index.written
    yield "texts with", state.rarity.counts
    yield "headlines", state.series.began


def _told(told: Told) -> list[Any]:
    values = [getattr(told, field.name) for field in fields(told)]
    return [value.hex() if isinstance(value, bytes) else value for value in values]


def _state(head: dict[str, Any], body: memoryview) -> State:
    arrays, at = {}, 0
    for name, kind, shape in head["arrays"]:
        size = int(np.prod(shape)) * np.dtype(kind).itemsize
        arrays[name] = np.frombuffer(body[at : at + size], kind).reshape(shape).copy()
        at += size
    shelf = Shelf(**{field.name: arrays[field.name] for field in fields(Shelf)})
    state = State(
        Rarity(head["texts"], arrays["texts with"]),
        shelf,
        Index(arrays["index rows"], arrays["index written"]),
        Series(arrays["headlines"]),
        [None] * len(shelf),
        head["free"],
        into=_pairs(head["into"]),
        edits=Edits(
            _pairs(head["pinned"]),
            _pairs(head["merged"]),
            {(bytes.fromhex(one), bytes.fromhex(other)) for one, other in head["apart"]},
            {bytes.fromhex(story): title for story, title in head["titles"]},
        ),
        clock=head["clock"],
        sequence=head["sequence"],
    )
    for place, *values in head["told"]:
        story = state.told[place] = _told_again(values)
        state.ids[story.id] = place
        for article in story.articles:
            state.places[story.id if article == story.id else article] = place
    return state


def _told_again(values: list[Any]) -> Told:
    told = Told(*values)
    told.id, told.title_from, told.entries = (bytes.fromhex(values[at]) for at in (0, 3, -1))
    if told.title_from == told.id:
        told.title_from = told.id  # one object for all of its uses, as it was
    return told


def _pairs(pairs: list[list[str]]) -> dict[bytes, bytes]:
    return {bytes.fromhex(one): bytes.fromhex(other) for one, other in pairs}
