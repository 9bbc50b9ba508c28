"""The operations of the OpenAPI document, each with its example as a request."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from redis.asyncio import Redis

from services.api.app import Running, create_app
from services.api.live.hub import Hub
from services.api.openapi.examples import FOLDER
from services.api.readmodel.model import ReadModel
from services.api.settings import ApiSettings
from services.wire.broker_url import BrokerUrl

Document = dict[str, Any]


def document(**settings: Any) -> Document:
    """The OpenAPI document, of an application that opens nothing."""
    read = ApiSettings(redis_url=BrokerUrl.parse("redis://127.0.0.1:1/0"), **settings)
    model = ReadModel(Path("not-opened.db"))
    return create_app(read, Running(model, Hub(), Redis.from_url(str(read.redis_url)), [])).openapi()


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    path: str
    described: Document
    components: Document

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def file(self) -> Path:
        return FOLDER / f"{self.id}.json"

    @property
    def example(self) -> Document:
        """What the operation's file has; empty where there is none."""
        return json.loads(self.file.read_bytes()) if self.file.exists() else {}

    def request(
        self, http: httpx.AsyncClient, headers: Mapping[str, str] | None = None, like: Document | None = None
    ) -> httpx.Request:
        """As the example has it, or another one that is `like` it, with these headers."""
        example, sent = like or self.example, dict(headers or {})
        given = dict(example.get("parameters", {}))
        path = self.path
        for name in list(given):
            if f"{{{name}}}" in path:
                path = path.replace(f"{{{name}}}", str(given.pop(name)))
        query = {name: json.dumps(value) if isinstance(value, bool) else value for name, value in given.items()}
        content: bytes | None = None
        for media_type, body in list(example.get("request", {}).items())[:1]:
            sent.setdefault("Content-Type", media_type)
            content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        return http.build_request(self.method, path, params=query, headers=sent, content=content)

    def schema(self, status: int, media_type: str) -> Document | None:
        """The JSON Schema of an answer; None where none is described."""
        responses = self.described["responses"]
        found = responses.get(str(status), responses.get("default", {}))
        if "$ref" in found:
            found = self.components["responses"][found["$ref"].rsplit("/", 1)[-1]]
        content = found.get("content", {}).get(media_type)
        return None if content is None else content["schema"] | {"components": self.components}


def operations(described: Document) -> Iterator[Operation]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield Operation(operation["operationId"], method.upper(), path, operation, described["components"])
