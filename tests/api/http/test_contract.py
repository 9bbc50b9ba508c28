"""The documents for machines are right, complete, and agree with what is really sent."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from openapi_spec_validator import validate

from services.api.asyncapi import asyncapi_document
from services.contracts.registry import EVENT_MODELS
from services.contracts.streams import StreamNames
from tests.api.events import GOLDEN

pytestmark = pytest.mark.anyio

GOLDEN_EVENTS = {path.stem: json.loads(path.read_bytes()) for path in sorted(GOLDEN.glob("*.json"))}


async def openapi(http: httpx.AsyncClient) -> dict[str, Any]:
    document: dict[str, Any] = (await http.get("/openapi.json")).json()
    return document


async def test_the_openapi_document_is_valid(http: httpx.AsyncClient) -> None:
    document = await openapi(http)
    validate(document)
    assert document["openapi"].startswith("3.1")


async def test_the_openapi_document_has_every_address_and_parameter(http: httpx.AsyncClient) -> None:
    paths = (await openapi(http))["paths"]
    assert {
        f"{method.upper()} {path}" for path, operations in paths.items() for method in operations if path[:3] == "/v1"
    } == {
        "GET /v1/articles",
        "POST /v1/articles",
        "GET /v1/articles/{id}",
        "GET /v1/headlines",
        "GET /v1/articles/{id}/revisions",
        "GET /v1/tags/trending",
        "GET /v1/facets",
        "GET /v1/tags",
        "GET /v1/sources",
        "GET /v1/feeds",
        "POST /v1/feeds",
        "GET /v1/feeds/{id}",
        "PATCH /v1/feeds/{id}",
        "DELETE /v1/feeds/{id}",
        "GET /v1/feeds.opml",
        "POST /v1/feeds.opml",
        "POST /v1/feeds/{id}/refresh",
        "GET /v1/stream",
        "GET /v1/stream.ndjson",
        "GET /v1/hubs",
        "GET /v1/push/{feed}/{token}",
        "POST /v1/push/{feed}/{token}",
    }
    parameters = {parameter["name"] for parameter in paths["/v1/articles"]["get"]["parameters"]}
    narrowing = {"tag", "source", "feed", "lang", "since", "until", "q", "fold"}
    assert parameters == narrowing | {"limit", "cursor", "sort", "changed_since", "highlight", "fields"}


async def test_every_answer_of_the_api_has_a_named_model(http: httpx.AsyncClient) -> None:
    for path, operations in (await openapi(http))["paths"].items():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                for media, content in response.get("content", {}).items():
                    if path.startswith("/v1") and media == "application/json":
                        assert "$ref" in content["schema"], (path, status)


async def test_the_reference_page_lists_every_operation_and_loads_nothing(http: httpx.AsyncClient) -> None:
    answer = await http.get("/docs")
    for path, operations in (await openapi(http))["paths"].items():
        for method in operations:
            assert f"<h2>{method.upper()} {path}</h2>" in answer.text
    assert re.findall(r'(?:src|href)="(?!/)', answer.text) == []
    assert "<script" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_every_kind_of_problem_is_explained_on_the_reference_page(http: httpx.AsyncClient) -> None:
    page = (await http.get("/docs")).text
    sources = Path(__file__).parents[3] / "services" / "api"
    kinds = set()
    for path in sources.rglob("*.py"):
        kinds |= set(re.findall(r'"((?:bad|not|method|internal)-[a-z]+|unavailable)"', path.read_text()))
    assert kinds
    assert [kind for kind in kinds if f'<dt id="{kind}">' not in page] == []


def test_the_asyncapi_document_describes_every_event_on_its_stream() -> None:
    names = StreamNames(prefix="{paper}")
    document = asyncapi_document(names, "1.0")
    assert document["asyncapi"] == "3.0.0"
    addresses = {event_type: channel["address"] for event_type, channel in document["channels"].items()}
    assert set(addresses) == set(EVENT_MODELS)
    assert addresses["dateline.article.published.v1"] == "{paper}:articles"
    assert addresses["dateline.article.enriched.v1"] == "{paper}:enrichments"
    assert addresses["dateline.feed.changed.v1"] == "{paper}:feeds"
    assert addresses["dateline.command.add-feed.v1"] == "{paper}:commands"


@pytest.mark.parametrize("golden", GOLDEN_EVENTS)
async def test_the_schemas_describe_the_events(http: httpx.AsyncClient, golden: str) -> None:
    event = GOLDEN_EVENTS[golden]
    schema = (await http.get(f"/schemas/{event['type']}.json")).json()
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    validator.check_schema(schema)
    validator.validate(event)
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(event | {"specversion": "2.0"})


@pytest.mark.parametrize("golden", GOLDEN_EVENTS)
def test_the_asyncapi_schemas_describe_the_events(golden: str) -> None:
    event = GOLDEN_EVENTS[golden]
    document = asyncapi_document(StreamNames(), "1.0")
    message = document["channels"][event["type"]]["messages"]
    [reference] = [one["$ref"] for one in message.values()]
    payload = document["components"]["messages"][reference.rsplit("/", 1)[-1]]["payload"]
    jsonschema.Draft7Validator(payload | {"components": document["components"]}).validate(event)
