"""The documents for machines are right, complete, and agree with what is really sent."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
from openapi_spec_validator import validate

from services.api.access.scopes import Scope, needed
from services.api.asyncapi import asyncapi_document
from services.api.live.wanted import TYPES
from services.contracts.registry import EVENT_MODELS
from services.contracts.streams import StreamNames
from tests.api.events import GOLDEN
from tests.api.http.operations import document, operations

pytestmark = pytest.mark.anyio

DOCUMENT = document()
OPERATIONS = list(operations(DOCUMENT))
GOLDEN_EVENTS = {path.stem: json.loads(path.read_bytes()) for path in sorted(GOLDEN.glob("*.json"))}


ROOT = Path(__file__).parents[3]


async def openapi(http: httpx.AsyncClient) -> dict[str, Any]:
    document: dict[str, Any] = (await http.get("/openapi.json")).json()
    return document


async def test_the_openapi_document_is_valid(http: httpx.AsyncClient) -> None:
    document = await openapi(http)
    validate(document)
    assert document["openapi"].startswith("3.1")


async def test_every_address_is_told_of_in_the_documentation(http: httpx.AsyncClient) -> None:
    pages = "".join(page.read_text() for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
    paths = [path for path in (await openapi(http))["paths"] if not path.startswith("/v1/push/")]
    written = [path.replace("{event_type}", "{type}") for path in paths]
    assert [path for path in written if path not in pages] == [], "name them in README.md or a page of docs/"


async def test_listings_take_what_the_documentation_says(http: httpx.AsyncClient) -> None:
    operation = (await openapi(http))["paths"]["/v1/articles"]["get"]
    page = (ROOT / "docs" / "http-api.md").read_text()
    names = [parameter["name"] for parameter in operation["parameters"]]
    assert [name for name in names if not re.search(rf"`{name}[`=]|[?&' ]{name}=", page)] == []


def test_every_operation_has_a_good_name_a_tag_and_something_to_say() -> None:
    names = [one.id for one in OPERATIONS]
    assert len(set(names)) == len(names)
    for one in OPERATIONS:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", one.id), f"{one}: its function's name is what clients call it"
        assert len(one.described["tags"]) == 1, f"{one}: name one tag"
        assert one.described["description"], f"{one}: its function needs a docstring"
        for parameter in one.described.get("parameters", []):
            assert parameter["in"] == "path" or parameter.get("description"), f"{one}: describe {parameter['name']}"
    for tag in DOCUMENT["tags"]:
        assert tag["description"], f"say in services/api/openapi/described.py what {tag['name']!r} is about"


def test_all_that_is_sent_and_answered_has_a_named_model() -> None:
    """Text is told from JSON by its media type; a model within a model has a name too."""
    for one in OPERATIONS:
        for status, response in {"request": one.described.get("requestBody", {}), **one.described["responses"]}.items():
            for media_type, content in response.get("content", {}).items():
                if media_type.endswith(("/json", "+json")):
                    assert "$ref" in content["schema"], f"{one}: {status} {media_type} has no response_model"
    for name, model in DOCUMENT["components"]["schemas"].items():
        assert list(anonymous(model.get("properties", {}))) == [], f"{name} has a member without a model"


def anonymous(part: object) -> Iterator[object]:
    if isinstance(part, dict):
        if "properties" in part and part.get("type") == "object":
            yield part
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from anonymous(one)


def test_every_error_is_a_problem_document() -> None:
    for one in OPERATIONS:
        for status in one.described["responses"]:
            if status == "default" or status >= "400":
                assert one.schema(int(status) if status != "default" else 599, "application/problem+json"), (
                    one,
                    status,
                )


@pytest.mark.parametrize("reading", ["open", "closed"])
def test_every_operation_says_which_key_it_needs(reading: str) -> None:
    described = document(reading=reading)
    assert set(described["components"]["securitySchemes"]) == {"bearer", "basic", "address"}
    for one in operations(described):
        anybody = not one.described["security"] or {} in one.described["security"]
        scope = needed(one.method, one.path)
        assert anybody == (scope is None or (scope is Scope.READ and reading == "open")), str(one)
        assert anybody or {"401", "403"} <= set(one.described["responses"])


async def test_the_reference_page_lists_every_operation_and_loads_nothing(http: httpx.AsyncClient) -> None:
    answer = await http.get("/docs")
    for path, methods in (await openapi(http))["paths"].items():
        for method in methods:
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
    document = asyncapi_document(StreamNames(prefix="{paper}"), "1.0")
    assert document["asyncapi"] == "3.0.0"
    addresses = {
        event_type: channel["address"]
        for channel in document["channels"].values()
        for event_type in channel["messages"]
        if channel["address"][0] != "/"
    }
    assert set(addresses) == set(EVENT_MODELS)
    assert addresses["dateline.article.published.v1"] == "{paper}:articles"
    assert addresses["dateline.article.enriched.v1"] == "{paper}:enrichments"
    assert addresses["dateline.story.changed.v1"] == "{paper}:enrichments"
    assert addresses["dateline.feed.changed.v1"] == "{paper}:feeds"
    assert addresses["dateline.command.add-feed.v1"] == "{paper}:commands"


def test_the_asyncapi_document_describes_every_event_of_the_live_stream() -> None:
    channels = asyncapi_document(StreamNames(), "1.0")["channels"]
    assert set(channels["lines"]["messages"]) == {*TYPES, "gap", "bye", "position"}
    assert set(channels["live"]["messages"]) == {*TYPES, "gap", "bye"}


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
    payload = document["components"]["messages"][event["type"]]["payload"]
    jsonschema.Draft7Validator(payload | {"components": document["components"]}).validate(event)
