"""The contracts for machines: `/asyncapi.json`, and the JSON Schema of each event."""

from functools import cache
from typing import Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, RootModel
from starlette.responses import JSONResponse, Response

from services.api.asyncapi import asyncapi_document
from services.api.http.parameters import refuse_parameters
from services.api.http.problems import not_found
from services.api.live.told import TOLD
from services.contracts.registry import EVENT_MODELS
from services.contracts.streams import StreamNames


class AsyncApiDocument(RootModel[dict[str, Any]]):
    """An AsyncAPI 3.0 document."""


class JsonSchema(RootModel[dict[str, Any]]):
    """A JSON Schema of the dialect 2020-12."""


class SchemaResponse(JSONResponse):
    media_type = "application/schema+json"


def contract_routes(names: StreamNames, version: str) -> APIRouter:
    routes = APIRouter(tags=["contract"], dependencies=[Depends(refuse_parameters)])
    streams = cache(lambda: asyncapi_document(names, version))

    @routes.get("/asyncapi.json", response_model=AsyncApiDocument)
    async def read_streams_document() -> Response:
        """The streams, described in AsyncAPI 3.0."""
        return JSONResponse(streams())

    @routes.get("/schemas/{event_type}.json", response_class=SchemaResponse, response_model=JsonSchema)
    async def read_event_schema(event_type: str) -> Response:
        """The JSON Schema of an event type of the broker's streams, or as `stream.article` and so on of the data of an
        event of the live stream."""
        if event_type not in described():
            raise not_found(f"there is no event type {event_type}; there are {', '.join(described())}")
        return SchemaResponse(event_schema(event_type))

    return routes


@cache
def described() -> dict[str, type[BaseModel]]:
    """What there is a schema of, by the name that the schema's address has."""
    live = {f"stream.{name}": told["data"] for name, told in TOLD.items()}
    return {**EVENT_MODELS, **{name: model for name, model in live.items() if model is not None}}


@cache
def event_schema(event_type: str) -> dict[str, Any]:
    """JSON Schema 2020-12. Raises `KeyError` for an unknown type."""
    about = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"/schemas/{event_type}.json"}
    return about | described()[event_type].model_json_schema()
