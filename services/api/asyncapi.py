"""The streams described in AsyncAPI 3.0, for programs that read them directly."""

import json
from typing import Any

from faststream.redis import RedisBroker
from faststream.specification import AsyncAPI

from services.contracts.registry import EVENT_MODELS
from services.contracts.streams import StreamNames


def asyncapi_document(names: StreamNames, version: str) -> dict[str, Any]:
    """One channel and one message per event type, with the event's JSON Schema.

    Generated from a broker that only serves as a description and is never connected.
    """
    broker = RedisBroker("redis://localhost:6379")
    for event_type, model in EVENT_MODELS.items():
        broker.publisher(
            stream=stream_of(event_type, names),
            title=event_type,
            description=(model.__doc__ or "").strip(),
            schema=model,
        )
    description = (
        "An entry of a stream has one field, `__data__`, which holds a CloudEvents 1.0 JSON document. "
        "Read with XREADGROUP in a group of your own; commands are for Dateline to read and for anyone to write."
    )
    specification = AsyncAPI(broker, title="Dateline", version=version, description=description)
    document: dict[str, Any] = json.loads(specification.to_specification().to_json())
    return document


def stream_of(event_type: str, names: StreamNames) -> str:
    """The stream that carries events of the type."""
    if event_type.startswith("dateline.command."):
        return names.commands
    if event_type.startswith("dateline.feed."):
        return names.feeds
    if event_type == "dateline.article.enriched.v1" or event_type.startswith("dateline.story."):
        return names.enrichments
    return names.articles
