"""The rules of a file, read again when it changes. A file that has become broken leaves the rules as they were."""

import logging
import time
from collections.abc import Callable
from pathlib import Path

from services.enrich.rules import TagRules
from services.enrich.rules_file import BrokenRules, load_rules

logger = logging.getLogger(__name__)

EVERY_S = 1.0
"""How often the file is looked at, at most."""

_Seen = tuple[int, int, int] | None


class RulesWatch:
    """Asked before each batch. `broken` says why the file as it is now is not used, if it is not; it does not say in
    which folder the file is."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._path, self._clock = path, clock
        self._seen, self._looked_at = _seen(path), clock()
        self.broken: str | None = None

    def renewed(self) -> TagRules | None:
        """The new rules where the file changed and can be used; otherwise None."""
        if self._clock() - self._looked_at < EVERY_S:
            return None
        self._looked_at = self._clock()
        seen = _seen(self._path)
        if seen == self._seen:
            return None
        self._seen = seen
        try:
            rules = load_rules(self._path)
        except BrokenRules as error:
            self.broken = str(error).replace(str(self._path), self._path.name)
            logger.error("%s; the rules from before stay in use", error)
            return None
        self.broken = None
        logger.info("%s changed; its %d rules are in use from now on", self._path, len(rules.rules))
        return rules


def _seen(path: Path) -> _Seen:
    """What changes when a file is written or another takes its place; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
