"""What happens in a round, drawn from its seed alone."""

import random
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

Memory = Literal["kept", "cut", "flushed"]
"""What becomes of what the broker acknowledged: all of it stands, the last of it is lost as in a power cut, or all."""

Setting = Literal["single", "sentinel", "cluster"]
"""The broker: one server behind a proxy, a primary and two replicas with three sentinels, or a cluster of six."""

SERVICES = ("ingest", "enrich", "api")


class Kind(NamedTuple):
    """A kind of fault: how often it comes, relative to the others, how long it lasts, and whose processes it hits."""

    weight: int
    lasts_s: tuple[float, float]
    victims: tuple[str, ...] = ()


OF_SERVICES: dict[str, Kind] = {
    "kill": Kind(4, (0.0, 2.0), SERVICES),
    "terminate": Kind(3, (0.0, 2.0), SERVICES),
    "kill all": Kind(2, (0.0, 2.0)),
    "terminate all": Kind(1, (0.0, 2.0)),
    "pause": Kind(3, (4.5, 9.0), SERVICES),
    "pipeline kill": Kind(2, (0.0, 2.0), ("enrich",)),
    "parser kill": Kind(1, (0.0, 2.0), ("ingest",)),
    "owner kill": Kind(2, (0.0, 2.0), ("enrich",)),
    "owner pause": Kind(1, (8.5, 13.0), ("enrich",)),
    "claimed by hand": Kind(1, (0.5, 3.0)),
    "rebuild": Kind(1, (0.0, 1.0), ("api",)),
    "disk full": Kind(2, (1.0, 14.0), ("api",)),
    "clock step": Kind(2, (1.0, 6.0), SERVICES),
    "readers cut": Kind(2, (0.5, 3.0)),
}
OF_BROKER: dict[str, Kind] = {
    "broker restart": Kind(2, (0.0, 2.0)),
    "broker kill": Kind(2, (0.0, 2.0)),
    "broker pause": Kind(2, (2.5, 9.0)),
    "broker unreachable": Kind(2, (0.5, 6.0)),
    "broker silent": Kind(2, (0.5, 6.0)),
    "broker slow": Kind(1, (1.0, 5.0)),
    "broker cut": Kind(2, (1.0, 4.0)),
    "broker full": Kind(2, (1.0, 12.0)),
    "broker disk full": Kind(1, (1.0, 8.0)),
}
OF_NODES: dict[str, Kind] = {
    "primary kill": Kind(4, (0.0, 6.0)),
    "primary pause": Kind(3, (3.0, 9.0)),
    "failover": Kind(4, (1.0, 3.0)),
    "node kill": Kind(3, (0.0, 4.0)),
    "primary full": Kind(1, (1.0, 8.0)),
}
KINDS: dict[Setting, dict[str, Kind]] = {
    "single": OF_SERVICES | OF_BROKER,
    "sentinel": OF_SERVICES | OF_NODES,
    "cluster": OF_SERVICES | OF_NODES,
}
LOSSES: dict[Memory, str] = {"cut": "broker tail cut", "flushed": "flush"}
"""What comes once in a round of that class, among the others: in two of ten rounds with one server."""

_TURNS: dict[int, Memory] = {3: "cut", 8: "flushed"}

LOSING: dict[Setting, frozenset[str]] = {
    "single": frozenset(LOSSES.values()),
    "sentinel": frozenset(("primary kill", "primary pause", "failover")),
    "cluster": frozenset(("primary kill", "primary pause")),
}
"""After these the broker may lack what it acknowledged last: a replica follows later. A cluster that is asked to fail
over lets the replica catch up first, so it loses nothing."""


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
    """`replicas` of ingest and of enrich each, and `apis`; `fsync` is the broker's `appendfsync`."""

    seed: int
    replicas: int
    fsync: Literal["always", "everysec"]
    memory: Memory
    faults: tuple[Fault, ...]
    broker: Setting = "single"
    apis: int = 1

    @property
    def names(self) -> tuple[str, ...]:
        """Of all processes of services."""
        several = [f"{service}-{number + 1}" for service in SERVICES[:2] for number in range(self.replicas)]
        return (*several, *(f"api-{number + 1}" for number in range(self.apis)))

    @property
    def with_wrong_clocks(self) -> frozenset[str]:
        return frozenset(fault.victim for fault in self.faults if fault.kind == "clock step")


def draw(seed: int, most: int = 8, only: frozenset[str] | None = None, broker: Setting = "single") -> Plan:
    """Up to `most` faults, of the kinds `only` if given. The same arguments give the same plan, everywhere.

    One fault is of the kind whose turn it is: in as many rounds one after the other as there are kinds all come.
    """
    chance = random.Random(seed)
    replicas, fsync, apis = chance.choice((1, 2, 2)), chance.choice(("always", "everysec")), chance.choice((1, 1, 2))
    kinds = {kind: about for kind, about in KINDS[broker].items() if only is None or kind in only}
    weights = [about.weight for about in kinds.values()]
    drawn = chance.choices(list(kinds), weights, k=chance.randint(max(1, most // 2), most))
    drawn[chance.randrange(len(drawn))] = list(kinds)[seed % len(kinds)]
    memory = _memory(seed, drawn, broker)
    if broker == "single" and memory != "kept":
        drawn[len(drawn) // 2] = LOSSES[memory]
    plan = Plan(seed, replicas, "always" if fsync == "always" else "everysec", memory, (), broker, apis)
    return replace(plan, faults=tuple(_fault(kind, plan, chance) for kind in drawn))


def _memory(seed: int, drawn: list[str], broker: Setting) -> Memory:
    if broker != "single":
        return "cut" if LOSING[broker].intersection(drawn) else "kept"
    return _TURNS.get(seed % 10, "kept")


def _fault(kind: str, plan: Plan, chance: random.Random) -> Fault:
    about = KINDS[plan.broker].get(kind) or Kind(0, (0.0, 2.0))
    victims = [name for name in plan.names if name.partition("-")[0] in about.victims]
    return Fault(
        kind=kind,
        victim=chance.choice(victims) if victims else "",
        after_s=round(chance.uniform(0.2, 2.5), 2),
        lasts_s=round(chance.uniform(*about.lasts_s), 2),
        overlaps=chance.random() < 0.35,
        size=chance.random(),
    )
