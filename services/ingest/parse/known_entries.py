"""Entries by the bytes that they were read from: what a feed still has from the last poll is not read again."""

import sys
from collections import OrderedDict
from hashlib import blake2b

from services.ingest.parse.feed import Entry

_OBJECTS = 2_000
"""What an entry takes beside its long strings, in bytes."""


class KnownEntries:
    """Keeps entries until they take about `most_bytes`, then drops those that were not asked for longest."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._entries: OrderedDict[bytes, Entry] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: bytes) -> Entry | None:
        entry = self._entries.get(key)
        if entry:
            self._entries.move_to_end(key)
        return entry

    def keep(self, key: bytes, entry: Entry) -> None:
        if key not in self._entries:
            self._entries[key] = entry
            self._bytes += _size(entry)
        while self._bytes > self._most_bytes:
            self._bytes -= _size(self._entries.popitem(last=False)[1])


def keys(entries: tuple[bytes, ...], setting: str) -> list[bytes]:
    """One for each entry. `setting` says all that the reading of an entry depends on beside its own bytes."""
    secret = blake2b(setting.encode("utf-8", "surrogatepass")).digest()
    return [blake2b(entry, key=secret, digest_size=20).digest() for entry in entries]


def _size(entry: Entry) -> int:
    return _OBJECTS + sum(map(sys.getsizeof, (entry.html, entry.text, entry.summary, entry.title)))
