"""Score every step of enrich on the corpora: `python -m benchmarks.evaluate [--corpora DIR] [PART …]`.

Each part runs as a process of its own, and can be run alone (`python -m benchmarks.evaluate.language --corpora DIR`).
The figures stand in docs/enrichment.md. DIR has each corpus unpacked in a folder of its name; without one it is
`DATELINE_CORPORA`.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

OTHERS = {"__init__", "__main__"}
LAST = "whole"


def parts() -> list[str]:
    names = {path.stem for path in Path(__file__).parent.glob("*.py") if "\ndef main(" in path.read_text()} - OTHERS
    return [*sorted(names - {LAST}), LAST]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, default=os.environ.get("DATELINE_CORPORA"))
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(parts())}; all without any")
    given = parser.parse_args()
    if given.corpora is None or not given.corpora.is_dir():
        parser.error("say where the corpora are: --corpora DIR, or DATELINE_CORPORA in the environment")
    if unknown := sorted(set(given.parts) - set(parts())):
        parser.error(f"there is no part {unknown[0]!r}: the parts are {', '.join(parts())}")
    failed = []
    for part in given.parts or parts():
        print(f"\n=== {part} ===", flush=True)
        began = time.perf_counter()
        command = [sys.executable, "-m", f"benchmarks.evaluate.{part}", "--corpora", str(given.corpora)]
        if subprocess.run(command, check=False).returncode:
            failed.append(part)
        print(f"({time.perf_counter() - began:.0f} s)", flush=True)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
