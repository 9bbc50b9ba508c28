"""`make chaos`: play rounds, tell of each, and end with status 1 where one went wrong."""

import argparse
import asyncio
import json
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.chaos.plan import KINDS, Plan, draw
from tests.chaos.processes import faketime
from tests.chaos.scene import Load, Outcome, play


def main() -> int:
    options = _options()
    seeds = [options.seed] if options.seed is not None else range(options.first, options.first + options.rounds)
    if not faketime():
        print("no clock is stepped: Debian's package faketime is missing")
    totals: Counter[str] = Counter()
    failed: list[int] = []
    for seed in seeds:
        only = frozenset(options.only.split(",")) if options.only else None
        plan = draw(seed, options.faults, only, options.broker)
        folder = Path(tempfile.mkdtemp(prefix=f"chaos-{seed}-", dir=options.keep))
        begun = time.monotonic()
        try:
            outcome = asyncio.run(_played(plan, Load(options.rate, options.within), folder))
        except asyncio.CancelledError:
            print(f"seed {seed}: told to stop; logs: {folder}")
            return 130
        _tell(outcome, time.monotonic() - begun, options)
        totals += outcome.faults
        totals.update({"rounds": 1, "articles": outcome.articles, "revisions": outcome.revisions})
        totals.update({f"rounds, memory {plan.memory}": 1, "resumed": outcome.resumed, "stories": outcome.stories})
        if outcome.wrong:
            failed.append(seed)
        else:
            shutil.rmtree(folder)
        if options.report:
            options.report.write_text(json.dumps({"totals": dict(sorted(totals.items())), "failed": failed}, indent=1))
    print(", ".join(f"{name}: {count}" for name, count in sorted(totals.items())))
    print(f"{len(failed)} of {totals['rounds']} rounds went wrong: {failed}" if failed else "all is well")
    return 1 if failed else 0


async def _played(plan: Plan, load: Load, folder: Path) -> Outcome:
    """Told to stop, it leaves no process behind."""
    playing = asyncio.ensure_future(play(plan, load, folder))
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, playing.cancel)
    return await playing


def _tell(outcome: Outcome, lasted_s: float, options: argparse.Namespace) -> None:
    plan = outcome.plan
    print(
        f"seed {plan.seed}: {'WRONG' if outcome.wrong else 'well'} after {outcome.settled_s:.1f} s;"
        f" {outcome.articles} articles, {outcome.revisions} revisions, {outcome.stories} stories,"
        f" {sum(outcome.faults.values())} faults, {outcome.resumed} times resumed; broker {plan.broker},"
        f" {plan.replicas} replicas, {plan.apis} API, fsync {plan.fsync}, memory {plan.memory};"
        f" {lasted_s:.0f} s in all",
        flush=True,
    )
    if outcome.waited_for and not outcome.wrong:
        print(f"    waited last for: {outcome.waited_for[0][:200]}", flush=True)
    if outcome.wrong:
        print("\n".join([f"    {line}" for line in outcome.log] + [f"  ! {line}" for line in outcome.wrong]))
        only = f" ONLY={options.only!r}" if options.only else ""
        load = f"RATE={options.rate:g} WITHIN={options.within:g} FAULTS={options.faults}"
        print(f"  again: make chaos BROKER={plan.broker} SEED={plan.seed} {load}{only}")
        print(f"  logs:  {outcome.folder}", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos", description="The wire under fire.")
    parser.add_argument("--seed", type=int, help="play this round alone")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--rate", type=float, default=200.0, help="articles and revisions a second")
    parser.add_argument("--within", type=float, default=60.0, help="seconds after the fire in which all must be well")
    parser.add_argument("--faults", type=int, default=8, help="the most faults of a round")
    parser.add_argument("--broker", choices=[*KINDS], default="single")
    parser.add_argument("--only", help="kinds of faults, joined by commas")
    parser.add_argument("--keep", type=Path, help="where the logs of rounds that went wrong stay")
    parser.add_argument("--report", type=Path, help="a JSON file with the counts so far")
    options = parser.parse_args()
    kinds = KINDS[options.broker]
    if options.only and (unknown := set(options.only.split(",")) - set(kinds)):
        parser.error(f"there is no fault {sorted(unknown)[0]!r}; there are: {', '.join(kinds)}")
    return options


if __name__ == "__main__":
    sys.exit(main())
