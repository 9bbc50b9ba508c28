"""The OpenAPI document, completed: names, tags, errors and examples."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from services.api.openapi.errors import name_errors
from services.api.openapi.examples import add_examples

_TAGS = {
    "articles": "Listings, articles whole, their revisions; publishing without a feed.",
    "tags and sources": "What the articles are about and who publishes them.",
    "stories": "Articles about one event, together; and editors' word on them.",
    "feeds": "What is polled, and what became of it.",
    "push": "Hubs that deliver (WebSub), and where they call.",
    "output feeds": "Listings as feeds for other readers: RSS, Atom, JSON Feed.",
    "searches": "Queries that are saved, and what they find as feeds and as a stream.",
    "webhooks": "Where what a saved search finds is sent, how that goes, and what could not be sent.",
    "rebuild": "The read model made anew, while the old one is served.",
    "quarantine": "Events that could not be processed: looked at, put back, dropped.",
    "stream": "What happens, as it happens. AsyncAPI (`/asyncapi.json`) describes the events.",
    "health": "For those who watch over the process.",
    "contract": "These descriptions.",
}
_MODELS = "#/components/schemas/"
_LICENSE = {"name": "MIT", "identifier": "MIT"}


def operation_name(route: APIRoute) -> str:
    """The `operationId`: what generated clients call the operation."""
    return route.name


def describe_contract(app: FastAPI) -> None:
    """From now on `app.openapi()` is whole. To be called last of all that change it."""
    plain = app.openapi

    def described() -> dict[str, Any]:
        document = plain()
        if "servers" not in document:
            document["info"]["license"] = _LICENSE
            document["servers"] = [{"url": "/", "description": "Where this document is from."}]
            document["tags"] = _tags(document)
            name_errors(document)
            add_examples(document)
            _drop_unused(document)
        return document

    app.openapi = described  # type: ignore[method-assign] # FastAPI's own way: fastapi.tiangolo.com/how-to/extending-openapi


def _tags(document: dict[str, Any]) -> list[dict[str, str]]:
    operations = (operation for path in document["paths"].values() for operation in path.values())
    used = dict.fromkeys(tag for operation in operations for tag in operation.get("tags", []))
    return [{"name": tag, "description": _TAGS.get(tag, "")} for tag in used]


def _drop_unused(document: dict[str, Any]) -> None:
    """Models that only parameters were read by, and what only those refer to."""
    schemas = document["components"]["schemas"]
    used = set(_references(document["paths"])) | set(_references(document["components"]["responses"]))
    while further := {name for one in used for name in _references(schemas[one])} - used:
        used |= further
    document["components"]["schemas"] = {name: schema for name, schema in schemas.items() if name in used}


def _references(part: object) -> Iterator[str]:
    """The names of the models that a part of the document refers to."""
    if isinstance(part, dict):
        if isinstance(reference := part.get("$ref"), str) and reference.startswith(_MODELS):
            yield reference.removeprefix(_MODELS)
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from _references(one)
