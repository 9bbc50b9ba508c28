"""The contracts for machines: `/asyncapi.json`, and the JSON Schema of each event."""

from functools import cache
from typing import Any

from fastapi import APIRouter, Depends
from starlette.responses import JSONResponse, Response

from services.api.asyncapi import asyncapi_document
from services.api.http.parameters import refuse_parameters
from services.api.http.problems import not_found
from services.contracts.registry import EVENT_MODELS
from services.contracts.streams import StreamNames


def contract_routes(names: StreamNames, version: str) -> APIRouter:
    routes = APIRouter(tags=["contract"], dependencies=[Depends(refuse_parameters)])
    streams = cache(lambda: asyncapi_document(names, version))

    @routes.get("/asyncapi.json")
    async def streams_document() -> Response:
        """The streams, described in AsyncAPI 3.0."""
        return JSONResponse(streams())

    @routes.get("/schemas/{event_type}.json")
    async def schema(event_type: str) -> Response:
        """The JSON Schema of an event type."""
        if event_type not in EVENT_MODELS:
            raise not_found(f"there is no event type {event_type}; there are {', '.join(EVENT_MODELS)}")
        return JSONResponse(event_schema(event_type), media_type="application/schema+json")

    return routes


@cache
def event_schema(event_type: str) -> dict[str, Any]:
    """JSON Schema 2020-12. Raises `KeyError` for an unknown type."""
    about = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"/schemas/{event_type}.json"}
    return about | EVENT_MODELS[event_type].model_json_schema()
