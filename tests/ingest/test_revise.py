"""Is a found article new, changed, listed once more, or nothing of this?"""

import pytest

from services.ingest.revise import Decision, Remembered, decide

KNOWN = Remembered(revision=3, first_seen_ms=1_000, digest="old", feeds=("first", "second"))


@pytest.mark.parametrize(
    ("known", "digest", "feed", "expected"),
    [
        (None, "new", "first", Decision("publish", "never seen before", Remembered(1, 9_000, "new", ("first",)))),
        (KNOWN, "old", "first", Decision("nothing", "unchanged", KNOWN)),
        (KNOWN, "old", "second", Decision("nothing", "unchanged", KNOWN)),
        (
            KNOWN,
            "new",
            "first",
            Decision("revise", "its title, summary or body changed", Remembered(4, 1_000, "new", ("first", "second"))),
        ),
        (KNOWN, "new", "second", Decision("nothing", "differs, but another feed published it", KNOWN)),
        (
            KNOWN,
            "new",
            "third",
            Decision("list", "known from another feed", Remembered(3, 1_000, "old", ("first", "second", "third"))),
        ),
    ],
)
def test_decides(known: Remembered | None, digest: str, feed: str, expected: Decision) -> None:
    assert decide(known, digest, feed, now_ms=9_000) == expected
