"""The streams in AsyncAPI 3.0: those of the broker, and the live stream of the HTTP API."""

import re
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from services.api.live.told import TOLD
from services.contracts.registry import EVENT_MODELS
from services.contracts.streams import StreamNames

Shape = dict[str, Any]

_ABOUT = (
    "An entry of a stream of the broker has one field, `__data__`, which holds a CloudEvents 1.0 JSON document. "
    "Read with XREADGROUP in a group of your own; commands are for Dateline to read and for anyone to write. "
    "The live stream tells the same over HTTP, and can be resumed by the id of any event."
)
_STREAMS = {
    "articles": "Articles as they are published, revised, and found in further feeds.",
    "enrichments": "What was found out about articles, and how stories go on.",
    "feeds": "What became of feeds.",
    "commands": "What Dateline is asked to do.",
}
_SERVERS: Shape = {
    "broker": {
        "host": "{host}:{port}",
        "protocol": "redis",
        "description": "Redis from 7.0 on, or Valkey from 8 on.",
        "variables": {"host": {"default": "localhost"}, "port": {"default": "6379"}},
    },
    "api": {
        "host": "{host}:{port}",
        "protocol": "http",
        "description": "Dateline's HTTP API.",
        "variables": {"host": {"default": "localhost"}, "port": {"default": "8000"}},
    },
}


def asyncapi_document(names: StreamNames, version: str) -> Shape:
    """One channel per stream, one message per event type, and the JSON Schemas of what they carry."""
    schemas = _Schemas([*EVENT_MODELS.values(), *(told["data"] for told in TOLD.values() if told["data"])])
    messages = {kind: _message(kind, model.__doc__, schemas.of(model)) for kind, model in EVENT_MODELS.items()}
    channels: Shape = {}
    for name, about in _STREAMS.items():
        carried = [kind for kind in EVENT_MODELS if stream_of(kind, names) == getattr(names, name)]
        channels[name] = _channel(getattr(names, name), name, about, "broker", {kind: kind for kind in carried})
    for name, told in TOLD.items():
        data = schemas.of(told["data"]) if told["data"] else {"type": "null"}
        messages[f"line.{name}"] = _message(f"line.{name}", told["about"], _line(name, data))
        if told["data"]:
            messages[f"event.{name}"] = _message(f"event.{name}", told["about"], data)
    events = {name: f"event.{name}" for name, told in TOLD.items() if told["data"]}
    channels["live"] = _channel(
        "/v1/stream", "live", "Server-sent events: `event` names the message, `data` is its payload.", "api", events
    )
    lines = {name: f"line.{name}" for name in TOLD}
    channels["lines"] = _channel("/v1/stream.ndjson", "lines", "One JSON document a line.", "api", lines)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Dateline",
            "version": version,
            "description": _ABOUT,
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "servers": _SERVERS,
        "channels": channels,
        "operations": {name: _operation(name, channel) for name, channel in channels.items()},
        "components": {"messages": messages, "schemas": schemas.found},
    }


def stream_of(event_type: str, names: StreamNames) -> str:
    """The stream that carries events of the type."""
    if event_type.startswith("dateline.command."):
        return names.commands
    if event_type.startswith("dateline.feed."):
        return names.feeds
    if event_type.startswith(("dateline.article.enriched.", "dateline.story.")):
        return names.enrichments
    return names.articles


class _Schemas:
    """The schemas of all models, each once, and references to them."""

    def __init__(self, models: list[type[BaseModel]]) -> None:
        references, shared = models_json_schema(
            [(model, "validation") for model in dict.fromkeys(models)], ref_template="#/components/schemas/{model}"
        )
        self._references = {model: reference for (model, _mode), reference in references.items()}
        self.found: Shape = shared["$defs"]

    def of(self, model: type[BaseModel]) -> Shape:
        return dict(self._references[model])


def _message(name: str, about: str | None, payload: Shape) -> Shape:
    summary = " ".join((about or "").strip().partition("\n\n")[0].split())
    return {"name": name, "title": name, "summary": summary, "payload": payload}


def _line(event: str, data: Shape) -> Shape:
    members = {
        "id": {"type": "string", "description": "The position after this event, to go on from."},
        "event": {"type": "string", "const": event},
        "data": data,
    }
    return {"type": "object", "title": f"{event.title()}Line", "properties": members, "required": list(members)}


def _channel(address: str, name: str, about: str, server: str, messages: dict[str, str]) -> Shape:
    channel: Shape = {
        "address": address,
        "title": name,
        "description": about,
        "servers": [{"$ref": f"#/servers/{server}"}],
        "messages": {key: {"$ref": f"#/components/messages/{message}"} for key, message in messages.items()},
    }
    # Braces in a key of Redis Cluster are meant as they stand; AsyncAPI has no way to say so but a parameter.
    if tags := re.findall(r"{([^}]*)}", address):
        channel["parameters"] = {tag: {"enum": [f"{{{tag}}}"], "default": f"{{{tag}}}"} for tag in tags}
    return channel


def _operation(name: str, channel: Shape) -> Shape:
    """Seen from Dateline, as AsyncAPI has it: it receives commands and sends all else."""
    return {
        "action": "receive" if name == "commands" else "send",
        "channel": {"$ref": f"#/channels/{name}"},
        "messages": [{"$ref": f"#/channels/{name}/messages/{message}"} for message in channel["messages"]],
        "summary": channel["description"],
    }
