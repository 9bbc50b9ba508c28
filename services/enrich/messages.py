"""What `thinker` and its child process say to each other: pickles, each after its length (4 bytes, big-endian)."""

import json
import pickle
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from services.contracts.enrichments import Enrichment, Setup
from services.enrich.tally import Tally

LENGTH_BYTES = 4


@dataclass(frozen=True, slots=True)
class Ready:
    """The pipeline's version and setup, and the names of its steps."""

    version: int
    setup: Setup
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Enriched:
    """An answer: what was found, what all steps of this child did so far, and why the rules file as it is now is not in
    use, if it is not."""

    enrichments: list[Enrichment]
    tally: Tally
    broken_rules: str | None


@dataclass(frozen=True, slots=True)
class Refused:
    """Why there is no pipeline."""

    reason: str


def framed(document: object) -> bytes:
    body = pickle.dumps(document, pickle.HIGHEST_PROTOCOL)
    return len(body).to_bytes(LENGTH_BYTES, "big") + body


def options(tags_file: Path | None, off: Collection[str], log_level: str) -> str:
    """What the child is told at its start, as JSON."""
    return json.dumps({"tags_file": tags_file and str(tags_file), "off": sorted(off), "log_level": log_level})
