"""The documents for machines, as the programs of others judge them: AsyncAPI's own parser, and Redocly's linter."""

import json
from typing import Any

import pytest

from services.api.asyncapi import asyncapi_document
from services.contracts.streams import StreamNames
from tests.api.http.operations import document
from tests.npm import node, npm_folder

PARSE = """
import { Parser } from "@asyncapi/parser";
import { readFileSync } from "node:fs";
const { document, diagnostics } = await new Parser().parse(readFileSync(0, "utf8"));
const channels = document?.allChannels().all().map((channel) => channel.id());
console.log(JSON.stringify({ channels, errors: diagnostics.filter(({ severity }) => severity < 2) }));
"""
LINT = """
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { readFileSync } from "node:fs";
const config = await createConfig({ extends: ["recommended"] });
const found = await lintFromString({ source: readFileSync(0, "utf8"), absoluteRef: "openapi.json", config });
const told = found.map(({ ruleId, message, location }) => `${location[0].pointer}: ${message} (${ruleId})`);
console.log(JSON.stringify(told));
"""


@pytest.mark.parametrize("prefix", ["dateline", "{paper}"])
def test_the_official_parser_takes_the_asyncapi_document(prefix: str) -> None:
    folder = npm_folder("@asyncapi/parser")
    found = json.loads(node(folder, PARSE, given=json.dumps(asyncapi_document(StreamNames(prefix=prefix), "1.0"))))
    assert found["errors"] == []
    assert found["channels"] == ["articles", "enrichments", "feeds", "commands", "live", "lines"]


def test_the_official_parser_would_complain() -> None:
    broken = asyncapi_document(StreamNames(), "1.0")
    broken["channels"]["articles"]["messages"]["lost"] = {"$ref": "#/components/messages/lost"}
    found = json.loads(node(npm_folder("@asyncapi/parser"), PARSE, given=json.dumps(broken)))
    assert found["errors"] != []


def lint(described: dict[str, Any]) -> list[str]:
    found: list[str] = json.loads(node(npm_folder("@redocly/openapi-core"), LINT, given=json.dumps(described)))
    return found


@pytest.mark.parametrize("reading", ["open", "closed"])
def test_the_linter_finds_nothing_in_the_openapi_document(reading: str) -> None:
    assert lint(document(reading=reading)) == []


def test_the_linter_would_complain() -> None:
    described = document()
    described["paths"]["/v1/articles"]["get"]["operationId"] = "read_article"
    assert any("operation-operationId-unique" in told for told in lint(described))
