"""The long form: `python -m tests.api.schemathesis [--max-examples 500] [--seed 7] [any other option of its run]`."""

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.api.http.sample_wire import sample_wire
from tests.api.schemathesis.running import ask
from tests.conftest import AS_ADMIN


async def main(options: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        async with sample_wire(Path(folder)) as http:
            ended, said = await ask(http, Path(folder), *options, headers=AS_ADMIN)
            sys.stdout.write(said)
            return ended


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
