"""Ids of stream entries, which sort by when they were appended."""

EntryId = tuple[int, int]
"""A stream entry's id: milliseconds since the epoch, and a sequence number within them."""


def entry_id(text: bytes | str) -> EntryId:
    """Parse `1767225600000-3`. Raises ValueError for anything else."""
    milliseconds, _, sequence = (text.decode() if isinstance(text, bytes) else text).partition("-")
    return int(milliseconds), int(sequence)


def written(entry: EntryId) -> str:
    return f"{entry[0]}-{entry[1]}"


def after(entry: EntryId) -> EntryId:
    """The least id above this one."""
    return entry[0], entry[1] + 1
