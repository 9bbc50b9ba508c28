"""What happens in a round, drawn from its seed alone."""

import random
from dataclasses import dataclass
from typing import Literal

Memory = Literal["kept", "cut", "flushed"]
"""What becomes of what the broker acknowledged: all of it stands, the last of it is lost as in a power cut, or all."""

SERVICES = ("ingest", "enrich", "api")

# Every kind of fault: how often it comes, relative to the others, and how long it lasts, in seconds.
KINDS: dict[str, tuple[int, tuple[float, float]]] = {
    "kill": (4, (0.0, 2.0)),
    "terminate": (3, (0.0, 2.0)),
    "kill all": (2, (0.0, 2.0)),
    "terminate all": (1, (0.0, 2.0)),
    "pause": (3, (4.5, 9.0)),
    "broker restart": (2, (0.0, 2.0)),
    "broker kill": (2, (0.0, 2.0)),
    "broker unreachable": (2, (0.5, 6.0)),
    "broker silent": (2, (0.5, 6.0)),
    "broker slow": (1, (1.0, 5.0)),
    "broker cut": (2, (1.0, 4.0)),
    "broker full": (2, (1.0, 12.0)),
    "disk full": (2, (1.0, 14.0)),
    "clock step": (2, (1.0, 6.0)),
    "readers cut": (2, (0.5, 3.0)),
}
LOSSES: dict[Memory, str] = {"cut": "broker tail cut", "flushed": "flush"}
"""What comes once in a round of that class, among the others."""


@dataclass(frozen=True, slots=True)
class Fault:
    """It begins `after_s` after the one before began, if they `overlap`, or else after that one was over.

    `size` in [0, 1) is what is left to chance about it: how many bytes are cut off, how far a clock goes wrong.
    """

    kind: str
    victim: str
    after_s: float
    lasts_s: float
    overlaps: bool
    size: float


@dataclass(frozen=True, slots=True)
class Plan:
    """`replicas` of ingest and of enrich each; `fsync` is the broker's `appendfsync`."""

    seed: int
    replicas: int
    fsync: Literal["always", "everysec"]
    memory: Memory
    faults: tuple[Fault, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Of all processes of services."""
        several = [f"{service}-{number + 1}" for service in SERVICES[:2] for number in range(self.replicas)]
        return (*several, "api")

    @property
    def with_wrong_clocks(self) -> frozenset[str]:
        return frozenset(fault.victim for fault in self.faults if fault.kind == "clock step")


def draw(seed: int, most: int = 8, only: frozenset[str] | None = None) -> Plan:
    """Up to `most` faults, of the kinds `only` if given. The same arguments give the same plan, everywhere."""
    chance = random.Random(seed)
    replicas, fsync = chance.choice((1, 2, 2)), chance.choice(("always", "everysec"))
    memory: Memory = chance.choices(("kept", "cut", "flushed"), (8, 1, 1))[0]
    bare = Plan(seed, replicas, "always" if fsync == "always" else "everysec", memory, ())
    kinds = {kind: weight for kind, (weight, _) in KINDS.items() if only is None or kind in only}
    drawn = chance.choices(list(kinds), list(kinds.values()), k=chance.randint(max(1, most // 2), most))
    if memory != "kept":
        drawn[len(drawn) // 2] = LOSSES[memory]
    return Plan(seed, replicas, bare.fsync, memory, tuple(_fault(kind, bare, chance) for kind in drawn))


def _fault(kind: str, plan: Plan, chance: random.Random) -> Fault:
    victims = plan.names if kind in ("kill", "terminate", "pause", "clock step") else ()
    _, (shortest, longest) = KINDS.get(kind, (0, (0.0, 2.0)))
    return Fault(
        kind=kind,
        victim=chance.choice(victims) if victims else "api" if kind == "disk full" else "",
        after_s=round(chance.uniform(0.2, 2.5), 2),
        lasts_s=round(chance.uniform(shortest, longest), 2),
        overlaps=chance.random() < 0.35,
        size=chance.random(),
    )
