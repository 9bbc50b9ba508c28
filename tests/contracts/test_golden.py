"""Golden JSON of each event version: what was ever written must always be read, and nothing may be dropped.

A file is named after its type; one with fields that were added later has a `~` and a word behind that.
"""

import json
from pathlib import Path

import pytest

from services.contracts.registry import EVENT_MODELS, UnreadableEvent, read_event

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.json"))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_golden_event_is_read_and_written_again_without_loss(path: Path) -> None:
    event = read_event(path.read_bytes())
    assert event.type == path.stem.partition("~")[0]
    assert _lost(json.loads(path.read_bytes()), json.loads(event.to_wire())) == []


def test_every_event_type_has_its_golden_file() -> None:
    assert {path.stem.partition("~")[0] for path in GOLDEN} == set(EVENT_MODELS)


def test_fields_that_a_newer_writer_added_are_ignored() -> None:
    document = json.loads(GOLDEN[0].read_bytes())
    document["data"]["added_later"] = document["extension"] = 1
    assert read_event(json.dumps(document).encode()) == read_event(GOLDEN[0].read_bytes())


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"\xff\xfe", "Invalid JSON"),
        (b"{}", "Unable to extract tag"),
        (b'{"type": "dateline.article.published.v9"}', "dateline.article.published.v9"),
        (b'{"type": "dateline.feed.changed.v1"}', "dateline.feed.changed.v1.id: Field required"),
    ],
)
def test_what_is_no_event_is_refused_with_a_reason(payload: bytes, reason: str) -> None:
    with pytest.raises(UnreadableEvent, match=reason):
        read_event(payload)


def test_a_time_without_a_zone_is_refused() -> None:
    document = json.loads(GOLDEN[0].read_bytes())
    document["time"] = "2026-03-01T10:00:00"
    with pytest.raises(UnreadableEvent, match="time"):
        read_event(json.dumps(document).encode())


def test_an_edit_tells_what_is_given_up_from_what_is_left_alone() -> None:
    path = next(path for path in GOLDEN if path.stem == "dateline.command.edit-feed.v1")
    event = read_event(path.read_bytes())
    assert event.data.model_fields_set == {"id", "title", "tags", "full_text", "poll_max_s"}
    assert json.loads(event.to_wire()) == json.loads(path.read_bytes())


def _lost(golden: object, written: object, place: str = "") -> list[str]:
    """Where `written` lacks what `golden` has, or differs. What it has beyond are fields with defaults."""
    if isinstance(golden, dict) and isinstance(written, dict):
        return [
            lost
            for key, value in golden.items()
            for lost in (_lost(value, written[key], f"{place}.{key}") if key in written else [f"{place}.{key}"])
        ]
    return [] if golden == written else [place]
