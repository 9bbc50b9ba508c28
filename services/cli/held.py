"""Which line a reader of `dateline tail` sees for an article, and when: once, with its tags if they come soon."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Article = Mapping[str, Any]
"""An article in the API's headline form."""

PATIENCE_S = 2.0
"""How long a new article waits for its enrichment before it is shown without."""


@dataclass(frozen=True, slots=True)
class Shown:
    kind: Literal["new", "revised"]
    article: Article


@dataclass(slots=True)
class Held:
    """Takes the events of the stream, gives what is to be shown. Times are seconds of any one clock."""

    _waiting: dict[str, tuple[float, Shown]] = field(default_factory=dict)

    def take(self, event: str, article: Article, now: float) -> list[Shown]:
        """What is to be shown because of this event. Events other than articles' give nothing."""
        key = article.get("id")
        if not isinstance(key, str) or event not in ("article", "revision", "enrichment"):
            return []
        if event == "enrichment":
            known = self._waiting.pop(key, None)
            return [Shown(known[1].kind, article)] if known else []
        shown = Shown("new" if event == "article" else "revised", article)
        if article.get("enriched"):
            self._waiting.pop(key, None)
            return [shown]
        earlier = self._waiting.get(key)
        if earlier and earlier[1].kind == "new":
            shown = Shown("new", article)
        self._waiting[key] = (earlier[0] if earlier else now + PATIENCE_S, shown)
        return []

    def overdue(self, now: float) -> list[Shown]:
        """What has waited long enough for its enrichment."""
        late = [key for key, (deadline, _) in self._waiting.items() if deadline <= now]
        return [self._waiting.pop(key)[1] for key in late]
