"""Importing a module does nothing but define: no file written, no connection, no process, no setting read."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.repository.tree import ROOT, dotted, modules

WATCHER = """
import importlib, json, os, sys

FORBIDDEN = {"socket.connect", "socket.bind", "subprocess.Popen", "os.fork", "os.mkdir", "os.remove", "os.rename",
             "sqlite3.connect", "signal.signal"}
current, seen = "", {}

def of_a_library():
    # The innermost module that is being imported decides whose act it is: libraries probe the system when imported.
    frame = sys._getframe(2)
    while frame and frame.f_code.co_name != "<module>":
        frame = frame.f_back
    file = frame.f_code.co_filename if frame else "site-packages"
    return "site-packages" in file or file.startswith(sys.base_prefix)

def watch(event, arguments):
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
    if (event in FORBIDDEN or writes) and not of_a_library():
        seen.setdefault(current, []).append(f"{event} {arguments!r}"[:200])

sys.addaudithook(watch)
for current in json.load(sys.stdin):
    try:
        importlib.import_module(current)
    except Exception as error:
        seen.setdefault(current, []).append(f"raised {error!r}")
json.dump(seen, sys.stdout)
"""


def watched_imports(names: list[str], search: str) -> dict[str, list[str]]:
    """What each import did that it should not; every setting is wrong, so that reading one raises."""
    bad = {"DATELINE_REDIS_URL": "nowhere", "DATELINE_LOG_LEVEL": "LOUD", "DATELINE_HTTP_PORT": "none"}
    done = subprocess.run(
        [sys.executable, "-B", "-c", WATCHER],
        input=json.dumps(names),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        cwd=ROOT,
        env={**os.environ, **bad, "PYTHONPATH": search},
    )
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def test_no_module_acts_when_it_is_imported() -> None:
    names = [dotted(path) for path in modules("services") if path.name != "__main__.py"]
    assert len(names) > 20
    assert watched_imports(names, str(ROOT)) == {}


def test_the_watcher_sees_what_a_module_does(tmp_path: Path) -> None:
    lines = [
        "open(__file__ + '.out', 'w').close()",
        "from services.wire.settings import WireSettings",
        "WireSettings()",
    ]
    (tmp_path / "loud.py").write_text("\n".join(lines))
    acts = watched_imports(["loud"], os.pathsep.join([str(tmp_path), str(ROOT)]))["loud"]
    assert any(act.startswith("open") for act in acts)
    assert any(act.startswith("raised") for act in acts)
