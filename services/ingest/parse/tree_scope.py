"""What is collected while one feed, entry or source is read: a dict with feedparser's keys, and the state around it."""

from dataclasses import dataclass, field
from typing import Any

from services.contracts.strings import joined
from services.ingest.parse.names import Names

_EARLIEST = -1


@dataclass(frozen=True, slots=True)
class Around:
    """What an element inherits: the address that links are relative to, the language, and how deep it stands."""

    base: str
    language: str | None
    depth: int

    def inside(self, attributes: dict[str, str]) -> "Around":
        base, language = self.base, self.language
        if given := attributes.get("xml:base", attributes.get("base")):
            base = self.resolve(given)
        if (said := attributes.get("xml:lang", attributes.get("lang"))) is not None:
            language = said.replace("_", "-") or None
        return Around(base, language, self.depth + 1)

    def resolve(self, address: str) -> str:
        try:
            return joined(self.base, address)
        except ValueError:
            return ""


@dataclass(slots=True)
class Scope:
    """The feed, one of its entries, or an entry's source."""

    names: Names
    version: str
    found: dict[str, Any] = field(default_factory=dict)
    has_content: bool = False
    title_depth: int = _EARLIEST
    depths: dict[str, int] = field(default_factory=dict)

    @property
    def atom(self) -> bool:
        return self.version.startswith("atom")

    def keep(self, key: str, value: object, depth: int) -> None:
        """The last of the outermost ones counts."""
        if depth <= self.depths.get(key, depth):
            self.depths[key] = depth
            self.found[key] = value

    def title(self, value: str, detail: dict[str, Any], depth: int, *, stays: bool) -> None:
        """The first title that is not empty, unless one further out comes later. `stays`: it is not a mere stand-in."""
        if not _EARLIEST < self.title_depth <= depth:
            self.keep("title", value, depth)
            self.found["title_detail"] = detail
        if value and stays:
            self.title_depth = depth
