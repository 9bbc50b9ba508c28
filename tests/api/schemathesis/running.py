"""`schemathesis run`, as its users run it."""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

_HERE = Path(__file__).parent
ENDLESS = ("/v1/stream", "/v1/stream.ndjson", "/v1/searches/{id}/stream")


async def ask(http: httpx.AsyncClient, folder: Path, *options: str, headers: Mapping[str, str]) -> tuple[int, str]:
    """Ask the API all that its `/openapi.json` describes. How that ended, 0 if well, and what was said.

    Streams never end, so they are asked by `HEAD` only, which is answered with all but the body; tests/api/live reads
    that.
    """
    document = (await http.get("/openapi.json")).json()
    streams, rest = folder / "streams.json", folder / "rest.json"
    streams.write_text(json.dumps(document | {"paths": {path: _head(document["paths"][path]) for path in ENDLESS}}))
    paths = {path: operations for path, operations in document["paths"].items() if path not in ENDLESS}
    rest.write_text(json.dumps(document | {"paths": paths}))
    asking = (_run(str(http.base_url), file, *options, headers=headers) for file in (streams, rest))
    outcomes = await asyncio.gather(*asking)
    return max(ended for ended, _ in outcomes), "\n".join(said for _, said in outcomes)


async def _run(url: str, file: Path, *options: str, headers: Mapping[str, str]) -> tuple[int, str]:
    command = [str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(_HERE / "schemathesis.toml")]
    command += ["run", str(file), "--url", url, "--no-color", *options]
    command += [part for name, value in headers.items() for part in ("--header", f"{name}: {value}")]
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=file.parent,
        env=os.environ | {"SCHEMATHESIS_HOOKS": str(_HERE / "hooks.py")},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, said.decode()


def _head(operations: dict[str, Any]) -> dict[str, Any]:
    answers = {status: {"description": "Without a body."} for status in operations["get"]["responses"]}
    return {"head": operations["get"] | {"responses": answers}}
