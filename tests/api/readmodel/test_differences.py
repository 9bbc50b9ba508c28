"""What changed from one text to the next, to be read by people."""

import random
import time

import pytest

from services.api.readmodel.differences import difference


def shown(before: str | None, after: str | None) -> str:
    marks = {"same": "{}", "removed": "[-{}-]", "added": "[+{}+]"}
    return "".join(marks[piece.kind].format(piece.text) for piece in difference(before, after))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("Two ferries", "Two ferries", ""),
        (None, None, ""),
        (None, "New", "[+New+]"),
        ("Old", None, "[-Old-]"),
        ("Two ferries late", "Three ferries late", "[-Two-][+Three+] ferries late"),
        ("the old harbour", "the new port", "the [-old harbour-][+new port+]"),
        ("Five dead.", "Five dead, two hurt.", "Five dead[+, two hurt+]."),
        ("One.\n\nTwo.", "One.\n\nAdded.\n\nTwo.", "One.\n\n[+Added.\n\n+]Two."),
        ("北京 1", "北京 2", "北京 [-1-][+2+]"),
        ("a " * 200 + "x", "a " * 200 + "y", "…" + ("a " * 200)[-60:] + "[-x-][+y+]"),
        ("x" + " a" * 200, "y" + " a" * 200, "[-x-][+y+]" + (" a" * 200)[:60] + "…"),
    ],
)
def test_a_difference_reads(before: str | None, after: str | None, expected: str) -> None:
    assert shown(before, after) == expected


def test_both_texts_can_be_read_from_a_difference() -> None:
    chance = random.Random(2)
    for _ in range(200):
        before, after = (" ".join(chance.choices("abc\n.", k=chance.randrange(12))) for _ in range(2))
        pieces = difference(before, after)
        if before == after:
            assert pieces == []
            continue
        kept = {
            kind: "".join(piece.text for piece in pieces if piece.kind in (kind, "same"))
            for kind in ("removed", "added")
        }
        assert (kept["removed"], kept["added"]) == (before, after)


def test_texts_that_have_nothing_in_common_take_no_time() -> None:
    chance = random.Random(3)
    before, after = (" ".join(str(chance.randrange(10**6)) for _ in range(40_000)) for _ in range(2))
    started = time.process_time()
    assert [piece.kind for piece in difference(before, after)] == ["removed", "added"]
    assert time.process_time() - started < 2
