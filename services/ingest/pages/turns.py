"""When a site's next page may be read, so that pages never keep its feeds waiting: one at a time, further apart."""

from collections import OrderedDict
from dataclasses import dataclass

_MANY_SITES = 4_096
_SHORTEST_TURN_S = 0.25
_EARLY_S = 0.005  # turns are kept in whole milliseconds


@dataclass(slots=True)
class _Site:
    open: bool = False
    free_at: float = 0.0
    last_turn: float = 0.0


class Turns:
    """Of one replica. Moments are Unix time in seconds. The limits that all replicas share are those of `Hosts`."""

    def __init__(self, spacing_s: float) -> None:
        self._spacing_s = spacing_s
        self._sites: OrderedDict[str, _Site] = OrderedDict()

    def enter(self, site: str, now: float) -> float | None:
        """None where a page of `site` may be read now; `leave` must follow. Otherwise when to come back."""
        known = self._sites.setdefault(site, _Site())
        self._sites.move_to_end(site)
        if not known.open and known.free_at <= now + _EARLY_S:
            known.open, known.free_at, known.last_turn = True, now + self._spacing_s, max(known.last_turn, now)
            self._forget()
            return None
        spacing_s = max(self._spacing_s, _SHORTEST_TURN_S)
        turn = max(known.last_turn + spacing_s, known.free_at)
        known.last_turn = turn if turn > now else now + spacing_s
        return known.last_turn

    def leave(self, site: str, now: float, *, delay_s: float = 0.0) -> None:
        """The page is read; the next may begin a spacing after it did, or `delay_s` from now where the site asks so."""
        known = self._sites[site]
        known.open, known.free_at = False, max(known.free_at, now + delay_s)

    def put_off(self, site: str, until: float) -> None:
        """The page that entered may only be read at `until`, and others of its site after it."""
        known = self._sites[site]
        known.open, known.free_at, known.last_turn = False, until, max(known.last_turn, until)

    def _forget(self) -> None:
        """The sites that were longest not asked; those that are open stay."""
        for site in [name for name, known in self._sites.items() if not known.open][: len(self._sites) - _MANY_SITES]:
            del self._sites[site]
