"""What docs/clients.md tells: by language the two commands that make a client, and a program that uses it."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
ADDRESS = "http://127.0.0.1:8000"
_SECTION = re.compile(
    r"^## (?P<name>\w+)\n.*?^```console\n\$ (?P<install>[^\n]+)\n\$ (?P<generate>[^\n]+)\n```$"
    r".*?^```\w+\n(?P<program>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Documented:
    install: str
    generate: str
    program: str


def documented() -> dict[str, Documented]:
    page = (ROOT / "docs" / "clients.md").read_text()
    return {
        found["name"]: Documented(found["install"], found["generate"], found["program"])
        for found in _SECTION.finditer(page)
    }


PRINTED = [
    "Ferry service to the outer islands is cut | 2 | Harbour Courier",
    "this ( is not closed",
    "ferry OR (tram",
    "         ^",
    "https://island-tribune.example/rss new",
]
"""By either program, of the sample wire."""
