"""How a finding is put: how many, of what, and the first few."""

from collections.abc import Iterable, Iterator

_SHOWN = 3


def say(what: str, which: Iterable[str]) -> Iterator[str]:
    """Nothing where there are none."""
    some = sorted(which)
    if some:
        more = f" and {len(some) - _SHOWN} more" if len(some) > _SHOWN else ""
        yield f"{len(some)} {what}: {'; '.join(some[:_SHOWN])}{more}"
