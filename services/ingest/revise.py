"""Is an article that was found new, changed, found in one more feed, or nothing of this?"""

from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True, slots=True)
class Remembered:
    """What ingest remembers of an article. `feeds` are the short names of the feeds that list it, its publisher's
    first; `first_seen_ms` is Unix time."""

    revision: int
    first_seen_ms: int
    digest: str
    feeds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do about a found article, what to remember then, and why."""

    action: Literal["publish", "revise", "list", "nothing"]
    reason: str
    memory: Remembered


def decide(known: Remembered | None, digest: str, feed: str, now_ms: int, *, moved: bool = False) -> Decision:
    """Only the feed that published an article may revise it: two feeds with differing summaries of the same article
    would otherwise revise it back and forth for ever. `moved` is whether it has a new address."""
    if known is None:
        return Decision("publish", "never seen before", Remembered(1, now_ms, digest, (feed,)))
    if feed not in known.feeds:
        return Decision("list", "known from another feed", replace(known, feeds=(*known.feeds, feed)))
    if digest == known.digest and not moved:
        return Decision("nothing", "unchanged", known)
    if feed != known.feeds[0]:
        return Decision("nothing", "differs, but another feed published it", known)
    changed = replace(known, revision=known.revision + 1, digest=digest)
    if digest == known.digest:
        return Decision("revise", "its address changed", changed)
    return Decision("revise", "its title, summary or body changed", changed)
