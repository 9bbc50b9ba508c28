"""A change on its way to its readers: encoded once for all of them."""

import json

from services.api.live.formats import Format
from services.api.query.matching import Subject, subject
from services.api.readmodel.changes import Change


class Frame:
    """A change, what it is written as in each format, and what queries see of it; each made when first asked for."""

    __slots__ = ("_encoded", "_subject", "change", "size")

    def __init__(self, change: Change) -> None:
        self.change = change
        self.size = len(change.document) + len(change.text or "") + len(change.judged or "")
        self._encoded: dict[str, bytes] = {}
        self._subject: Subject | None = None

    def encoded(self, written: Format) -> bytes:
        """For a reader who is at the change's own position after it, as nearly all are."""
        found = self._encoded.get(written.media_type)
        if found is None:
            found = written.told(self.change.position, self.change.kind, self.change.document)
            self._encoded[written.media_type] = found
        return found

    def subject(self) -> Subject:
        """The article that changed; of a story the one that its change is about."""
        if self._subject is None:
            change = self.change
            stories = frozenset(facet for facet in change.facets if facet[0] == "story")
            self._subject = subject(json.loads(change.judged or change.document), change.text, stories)
        return self._subject
