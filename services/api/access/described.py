"""Access in the OpenAPI document: how a key is sent, and which scope each operation needs."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from services.api.access.credentials import TOKEN
from services.api.access.scopes import Scope, needed

_SCHEMES: dict[str, dict[str, str]] = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A key, as `dateline keys add` prints it."},
    "basic": {"type": "http", "scheme": "basic", "description": "The key as the password; the name may be anything."},
    "address": {
        "type": "apiKey",
        "in": "query",
        "name": TOKEN,
        "description": "For readers that can send no headers: a key that can only read, and only for reading.",
    },
}


def describe_access(app: FastAPI, *, reading_open: bool) -> None:
    """From now on `app.openapi()` says what each operation needs. To be called before anything asks for it."""
    plain = app.openapi

    def described() -> dict[str, Any]:
        document = plain()
        components = document.setdefault("components", {})
        if "securitySchemes" not in components:
            components["securitySchemes"] = _SCHEMES
            for path, operations in document["paths"].items():
                for method, operation in operations.items():
                    operation["security"] = list(_security(needed(method.upper(), path), reading_open))
        return document

    app.openapi = described  # type: ignore[method-assign] # FastAPI's own way: fastapi.tiangolo.com/how-to/extending-openapi


def _security(scope: Scope | None, reading_open: bool) -> Iterator[dict[str, list[str]]]:
    """Alternatives, as OpenAPI 3.1 has them; `{}` is that nothing is needed."""
    if scope is None:
        return
    if scope is Scope.READ and reading_open:
        yield {}
    yield {"bearer": [scope.value]}
    yield {"basic": [scope.value]}
    if scope is Scope.READ:
        yield {"address": [scope.value]}
