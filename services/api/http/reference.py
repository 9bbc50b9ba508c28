"""`/docs`: the HTTP API for people, made from the OpenAPI document and readable with no network."""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from html import escape
from typing import Any

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

_CODE_WORD = re.compile(r"`([^`]+)`")
_STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
:root { color-scheme: light dark }
h2 { margin: 2.5rem 0 0; font-size: 1.1rem; font-family: ui-monospace, monospace; overflow-wrap: anywhere }
table { border-collapse: collapse; width: 100% }
td, th { text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0 }
code, pre { font-family: ui-monospace, monospace } pre { overflow-x: auto } dt { font-weight: 600 }
"""

_PROBLEMS = {
    "bad-parameter": "A parameter is unknown, repeated, or has a value that it cannot have. `parameter` names it.",
    "bad-query": "A search is not understood. `at` is the place in it, in characters from 0; `detail` points there.",
    "broken-search": "The query of a saved search is not understood any more. Change it; `at` is the place in it.",
    "full": "No more of these are kept. Remove one first.",
    "bad-body": "The request's body is not what it should be. `parameter` names the member.",
    "key-needed": "This is not open to everybody, and no key was sent. `scope` says what one must be for.",
    "bad-key": "The key that was sent is unknown, expired or revoked, or was sent in a way that it may not be.",
    "scope-needed": "The key that was sent is good, but not for this. `scope` says what one must be for.",
    "other-site": "A page of another site made a browser send this with a key that the browser keeps.",
    "bad-media-type": "The request's body is of another media type than is read here. `allowed` lists those that are.",
    "too-large": "The request's body is too large. `detail` says how large it may be.",
    "busy": "Something of the kind is under way already, and has to end first.",
    "no-way-back": "The event came from a stream that is none of this wire's, and cannot be put back there.",
    "not-found": "There is nothing at this address, or nothing of this id.",
    "gone": "Nothing is to be delivered at this address any more.",
    "too-many": "Too many requests. Send fewer, or wait a minute.",
    "method-not-allowed": "The address exists, the method does not. `allowed` lists those that do.",
    "not-ready": "A part that is needed does not answer. `checks` says which.",
    "unavailable": "Redis does not answer, or has no room for more. `Retry-After` says when to try again.",
    "internal-error": "A fault of Dateline. It has been logged.",
    "error": "Anything else that HTTP has a status for.",
}


def reference_routes(openapi: Callable[[], dict[str, Any]]) -> APIRouter:
    routes = APIRouter()

    @routes.get("/docs", include_in_schema=False)
    async def reference() -> Response:
        digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
        policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
        return HTMLResponse(reference_page(openapi()), headers={"Content-Security-Policy": policy})

    return routes


def reference_page(document: dict[str, Any]) -> str:
    """HTML that lists every operation of an OpenAPI document, and every kind of problem."""
    return "".join(
        (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Dateline: HTTP API</title>',
            f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body><main>',
            f"<h1>Dateline {escape(document['info']['version'])}: HTTP API</h1>",
            '<p>For machines: <a href="/openapi.json">OpenAPI</a>, <a href="/asyncapi.json">AsyncAPI</a>.</p>',
            *_operations(document),
            "<h1>Problems</h1><p>Every error is a problem document (RFC 9457) of one of these types.</p><dl>",
            *(f'<dt id="{kind}">{kind}</dt><dd>{_prose(about)}</dd>' for kind, about in _PROBLEMS.items()),
            "</dl></main></body></html>",
        )
    )


def _operations(document: dict[str, Any]) -> Iterator[str]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"<section><h2>{method.upper()} {escape(path)}</h2>"
            yield f"<p>{_prose(operation.get('description', operation.get('summary', '')))}</p>"
            yield from _access(operation.get("security", []))
            yield from _parameters(operation.get("parameters", []))
            yield f"<p>Answers: {', '.join(_answers(operation['responses']))}</p>"
            yield from _examples(operation)
            yield "</section>"


def _access(alternatives: list[dict[str, list[str]]]) -> Iterator[str]:
    if alternatives and {} not in alternatives:
        scopes = dict.fromkeys(scope for way in alternatives for needed in way.values() for scope in needed)
        yield f"<p>Needs a key of scope {_prose(' or '.join(f'`{scope}`' for scope in scopes))}.</p>"


def _parameters(parameters: list[dict[str, Any]]) -> Iterator[str]:
    if not parameters:
        return
    yield "<table><thead><tr><th>parameter<th>in<th>meaning</thead><tbody>"
    for parameter in parameters:
        default = parameter["schema"].get("default")
        meaning = parameter.get("description", "") + (f" Default: {default}." if default not in (None, []) else "")
        yield f"<tr><td><code>{escape(parameter['name'])}</code><td>{parameter['in']}<td>{_prose(meaning)}"
    yield "</tbody></table>"


def _answers(responses: dict[str, Any]) -> Iterator[str]:
    """What is wrong is named by its status alone: it is a problem document."""
    for status, response in responses.items():
        names = {_model(content) for content in response.get("content", {}).values()} - {"", "ProblemDocument"}
        if status != "default":
            yield escape(f"{status} {' or '.join(sorted(names))}".strip())


def _examples(operation: dict[str, Any]) -> Iterator[str]:
    """What is sent and answered, in each form, as it would be seen."""
    contents = [("sent", operation.get("requestBody", {}))]
    contents += [(status, answer) for status, answer in operation["responses"].items() if status < "300"]
    for what, described in contents:
        for media_type, content in described.get("content", {}).items():
            if (example := content.get("example")) is not None:
                shown = example if isinstance(example, str) else json.dumps(example, indent=1, ensure_ascii=False)
                yield f"<details><summary>Example: {what}, {escape(media_type)}</summary><pre>{escape(shown)}</pre>"
                yield "</details>"


def _model(content: dict[str, Any]) -> str:
    reference: str = content.get("schema", {}).get("$ref", "")
    return reference.rsplit("/", 1)[-1]


def _prose(text: str) -> str:
    """Escaped, with `code words` marked up."""
    return _CODE_WORD.sub(r"<code>\1</code>", escape(text))
