"""Programs of others, from npm, for tests: in a folder of their own, of the versions that `package.json` pins."""

import atexit
import functools
import json
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

PINNED: dict[str, str] = json.loads(Path(__file__).with_name("package.json").read_text())["dependencies"]
_PATIENCE_S = 180


def npm_folder(*packages: str) -> Path:
    """A folder with these packages in `node_modules`, kept for the whole run of the tests.

    Skips the test where there is no npm, or it cannot install them.
    """
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("no npm and node on PATH; on Debian: apt-get install npm")
    folder, complaint = _installed(packages)
    if complaint:
        pytest.skip(f"npm cannot install {', '.join(packages)}: {complaint}")
    return folder


def node(folder: Path, program: str, *arguments: str, given: str = "", within_s: float = 60) -> str:
    """What a program (an ES module) prints that is run in the folder."""
    path = folder / "program.mjs"
    path.write_text(program)
    command = ["node", path.name, *arguments]
    ended = subprocess.run(
        command, cwd=folder, input=given, capture_output=True, text=True, timeout=within_s, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@functools.cache
def _installed(packages: tuple[str, ...]) -> tuple[Path, str]:
    """The folder, and what npm complained of."""
    folder = Path(tempfile.mkdtemp(prefix="dateline-npm-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    wanted = {"private": True, "type": "module", "dependencies": {name: PINNED[name] for name in packages}}
    (folder / "package.json").write_text(json.dumps(wanted))
    install = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--loglevel=error"]
    try:
        subprocess.run(install, cwd=folder, check=True, capture_output=True, timeout=_PATIENCE_S)
    except subprocess.CalledProcessError as error:
        return folder, str(error.stderr.decode()[-300:])
    except subprocess.TimeoutExpired:
        return folder, f"it took more than {_PATIENCE_S} s"
    return folder, ""
