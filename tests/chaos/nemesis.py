"""Does the harm that a plan asks for, and makes good again what lasts only for a time."""

import asyncio
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Protocol

from tests.chaos.plan import Fault, Plan
from tests.chaos.processes import faketime


class Harm(Protocol):
    """Inflicts faults of some `kinds`. A fault is over, and made good, when `inflict` returns."""

    @property
    def kinds(self) -> Collection[str]: ...

    async def inflict(self, fault: Fault) -> None: ...


class Nemesis:
    """`done` counts the faults that were injected, by kind; `log` tells of each when it was."""

    def __init__(self) -> None:
        self.done: Counter[str] = Counter()
        self.log: list[str] = []

    def say(self, line: str) -> None:
        self.log.append(f"          {line}")

    async def carry_out(self, plan: Plan, harms: Sequence[Harm]) -> None:
        """Returns when all is over and everything runs again."""
        begun, loop = asyncio.get_running_loop().time(), asyncio.get_running_loop()
        running: list[asyncio.Task[None]] = []
        for fault in plan.faults:
            if not fault.overlaps and running:
                await asyncio.wait(running)
            await asyncio.sleep(fault.after_s)
            self.log.append(f"{loop.time() - begun:6.1f} s  {fault.kind} {fault.victim} for {fault.lasts_s:g} s")
            if fault.kind == "clock step" and not faketime():
                self.say("(no faketime on this machine: the clock was left alone)")
                continue
            harm = next(harm for harm in harms if fault.kind in harm.kinds)
            self.done[fault.kind] += 1
            running.append(asyncio.create_task(harm.inflict(fault)))
        await asyncio.gather(*running)
