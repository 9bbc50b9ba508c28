"""Writes the answers of the OpenAPI document's examples, as a real server gives them:

    python -m tests.api.http.record_examples [OPERATION...]

Each file of `services/api/openapi/examples` says what to ask (`parameters`, `request`). What is answered is put beside
it under `responses`; other statuses and media types in the file are kept. Without names, all that have no answer yet.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path

import httpx

from tests.api.http.operations import Operation, document, operations
from tests.api.http.sample_wire import sample_wire

_LONGEST_S = 2.0


async def record(names: Collection[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with sample_wire(Path(folder)) as http:
            for operation in operations(document()):
                if operation.id in names or not (names or operation.example.get("responses")):
                    print(await _recorded(http, operation))  # noqa: T201


async def _recorded(http: httpx.AsyncClient, operation: Operation) -> str:
    if not operation.file.exists():
        return f"{operation.id}: write {operation.file.name} with its parameters and request first"
    said = b""
    answer = await http.send(operation.request(http), stream=True)
    try:
        async with asyncio.timeout(_LONGEST_S):  # a stream goes on for ever
            async for piece in answer.aiter_bytes():
                said += piece
    except TimeoutError:
        pass
    await answer.aclose()
    if answer.status_code >= 400:
        return f"{operation.id}: is answered with {answer.status_code}, not recorded: {said.decode()}"
    example = operation.example
    media_type = answer.headers.get("content-type", "").partition(";")[0]
    value = json.loads(said) if media_type.endswith(("/json", "+json")) else said.decode()
    example.setdefault("responses", {}).setdefault(str(answer.status_code), {})
    if media_type:
        example["responses"][str(answer.status_code)][media_type] = value
    operation.file.write_text(json.dumps(example, indent=1, ensure_ascii=False) + "\n")
    return f"{operation.id}: {answer.status_code} {media_type}"


if __name__ == "__main__":
    asyncio.run(record(sys.argv[1:]))
