"""The clients of docs/clients.md: generated as the page says, compiled strictly, and reading a live server."""

import asyncio
import os
import re
import shlex
import shutil
import sys
import venv
from pathlib import Path

import pytest

from tests.clients.documented import ADDRESS, PRINTED, ROOT, documented
from tests.conftest import ADMIN_KEY
from tests.npm import PINNED, npm_folder

pytestmark = pytest.mark.anyio

CLIENTS = documented()
STUBS = "types-python-dateutil==2.9.0.20260408"
"""For mypy: the package that the generated client parses dates with has no types of its own."""
MYPY = """
[mypy]
strict = True
# The one file that is the same in each client of this generator hands `*args: object` on.
[mypy-dateline_client.client]
disable_error_code = arg-type
"""


async def run(command: str, folder: Path, *first_on_path: Path) -> tuple[int, str]:
    """Exit code, and what was printed to both outputs."""
    path = os.pathsep.join([*map(str, first_on_path), os.environ["PATH"]])
    process = await asyncio.create_subprocess_exec(
        *shlex.split(command),
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(180):
        printed, _ = await process.communicate()
    return process.returncode or 0, printed.decode()


async def must(command: str, folder: Path, *first_on_path: Path) -> str:
    code, printed = await run(command, folder, *first_on_path)
    assert code == 0, f"{command}\n{printed}"
    return printed


def test_the_page_has_both_clients_with_the_versions_that_are_tested() -> None:
    assert list(CLIENTS) == ["Python", "TypeScript"]
    assert re.fullmatch(r"pip install [\w-]+==[\d.]+", CLIENTS["Python"].install)
    pinned = [package.rpartition("@")[::2] for package in shlex.split(CLIENTS["TypeScript"].install)[2:]]
    assert {name: PINNED[name] for name, _ in pinned} == dict(pinned)


async def test_the_python_client(address: str, tmp_path: Path) -> None:
    told = CLIENTS["Python"]
    environment = tmp_path / "venv"
    # One of its own: it is not Dateline's, and needs another typer.
    await asyncio.to_thread(venv.create, environment, with_pip=True)
    programs = environment / "bin"
    code, printed = await run(f"{told.install} {STUBS} -q --disable-pip-version-check", tmp_path, programs)
    if code:
        pytest.skip(f"pip cannot install the generator: {printed[-300:]}")
    shutil.copytree(ROOT / "clients", tmp_path / "clients")
    await must(told.generate.replace(ADDRESS, address) + " --fail-on-warning", tmp_path, programs)
    (tmp_path / "reads.py").write_text(told.program)
    (tmp_path / "mypy.ini").write_text(MYPY)
    mypy = f"{sys.executable} -m mypy --python-executable {programs / 'python'} --cache-dir cache"
    await must(f"{mypy} -p dateline_client -m reads", tmp_path)
    said = await must(f'python -c "import reads; reads.read({address!r}, {ADMIN_KEY!r})"', tmp_path, programs)
    assert said.splitlines() == PRINTED


async def test_the_typescript_client(address: str) -> None:
    told = CLIENTS["TypeScript"]
    folder = npm_folder("openapi-fetch", "openapi-typescript", "typescript")
    programs = folder / "node_modules" / ".bin"
    await must(told.generate.removeprefix("npx ").replace(ADDRESS, address), folder, programs)
    (folder / "reads.ts").write_text(told.program)
    options = "--strict --noUncheckedIndexedAccess --exactOptionalPropertyTypes --target es2022 --module nodenext"
    await must(f"tsc {options} reads.ts", folder, programs)
    (folder / "run.mjs").write_text('import { read } from "./reads.js"; await read(...process.argv.slice(2));')
    said = await must(f"node run.mjs {address} {ADMIN_KEY}", folder)
    assert said.splitlines() == PRINTED
