"""The examples of the OpenAPI document: one file of JSON per operation, named by its `operationId`.

A file may have `parameters` (by name), `request` and `responses` (by status), the last two by media type. What a route
describes itself counts before the file. A test tells which operation lacks an example, and which example is not
what the operation takes or answers.
"""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("examples")


def add_examples(document: dict[str, Any]) -> None:
    for operations in document["paths"].values():
        for operation in operations.values():
            path = FOLDER / f"{operation['operationId']}.json"
            if path.exists():
                _add(operation, json.loads(path.read_bytes()))


def _add(operation: dict[str, Any], example: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", []):
        if parameter["name"] in example.get("parameters", {}):
            parameter.setdefault("example", example["parameters"][parameter["name"]])
    contents = [(operation.get("requestBody", {}), example.get("request", {}))]
    contents += [(operation["responses"][status], known) for status, known in example.get("responses", {}).items()]
    for described, known in contents:
        for media_type, value in known.items():
            content = described["content"][media_type]
            if "examples" not in content:
                content.setdefault("example", value)
