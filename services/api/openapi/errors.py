"""Every error that an operation may be answered with, named once: RFC 9457 documents."""

from collections.abc import Iterator
from typing import Any

MEDIA_TYPE = "application/problem+json"
_MODEL = {"$ref": "#/components/schemas/ProblemDocument"}
_CHANGES = frozenset({"post", "put", "patch", "delete"})


def _named(title: str, status: int, kind: str, detail: str, **members: object) -> dict[str, Any]:
    about = {"title": title, "status": status, "detail": detail, "instance": "/v1/articles"}
    return {"type": f"/docs#{kind}", **about, **members}


_EXAMPLES: dict[str, dict[str, Any]] = {
    "400": _named(
        "Bad Request",
        400,
        "bad-parameter",
        "there is no parameter 'page' here; there are: limit",
        parameter="page",
        allowed=["limit"],
    ),
    "401": _named("Unauthorized", 401, "key-needed", "this needs a key of scope admin", scope="admin"),
    "403": _named("Forbidden", 403, "scope-needed", "this needs a key of scope admin, yours is read", scope="admin"),
    "404": _named("Not Found", 404, "not-found", "there is no article 1087ebe8-1ef8-5d97-8873-735b4949004d"),
    "413": _named("Content Too Large", 413, "too-large", "the body has more than 100,000 bytes; send less at a time"),
    "415": _named(
        "Unsupported Media Type", 415, "bad-media-type", "the Content-Type is missing; send application/json"
    ),
    "422": _named("Unprocessable Content", 422, "bad-body", "url: Field required", parameter="url"),
    "429": _named("Too Many Requests", 429, "too-many", "more than 600 requests a minute; wait 12 s"),
    "503": _named("Service Unavailable", 503, "unavailable", "Redis does not answer; try again later"),
    "default": _named(
        "Internal Server Error", 500, "internal-error", "something went wrong on our side; it has been logged."
    ),
}
_NAMES = {
    "400": ("BadRequest", "A parameter or a search is not understood."),
    "401": ("KeyNeeded", "A key is needed, or the one that was sent is not good."),
    "403": ("ScopeNeeded", "The key is good, but not for this."),
    "404": ("NotFound", "There is nothing here, or nothing of this id."),
    "413": ("TooLarge", "The body is too large."),
    "415": ("BadMediaType", "The body is of a media type that is not read here."),
    "422": ("BadBody", "The body is not what it should be."),
    "429": ("TooMany", "Too many requests; `Retry-After` says when to come again."),
    "503": ("Unavailable", "Redis does not answer; try again later."),
    "default": ("Fault", "A fault of Dateline, or whatever else HTTP has a status for."),
}


def name_errors(document: dict[str, Any]) -> None:
    """Give each operation its errors, as references to named answers. What it described itself is kept."""
    components = document["components"]
    components.setdefault("schemas", {}).pop("HTTPValidationError", None)
    components["schemas"].pop("ValidationError", None)
    components["responses"] = {name: _described(about, _EXAMPLES[status]) for status, (name, about) in _NAMES.items()}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            responses = operation["responses"]
            responses.pop("4XX", None)
            own = {status: answer for status, answer in responses.items() if int(status) >= 400}
            for status, answer in own.items():
                about = answer.get("description", "")
                fallback = _NAMES.get(status, ("", "What is wrong."))[1]
                example = _EXAMPLES.get(status, _EXAMPLES["default"] | {"status": int(status)})
                responses[status] = _described(fallback if _says_nothing(about) else about, example)
            for status in _errors(method, path, operation):
                if status not in own:
                    responses[status] = {"$ref": f"#/components/responses/{_NAMES[status][0]}"}
            operation["responses"] = dict(sorted(responses.items()))


def _described(about: str, example: dict[str, Any]) -> dict[str, Any]:
    return {"description": about, "content": {MEDIA_TYPE: {"schema": _MODEL, "example": example}}}


def _says_nothing(about: str) -> bool:
    return about in ("", "Client Error", "Service Unavailable", "Validation Error")


def _errors(method: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
    """What the house answers to any such operation."""
    security = operation.get("security", [])
    yield "400"
    if security and {} not in security:
        yield from ("401", "403")
    elif security:
        yield "401"  # a bad key is refused also where none is needed
    if "{" in path:
        yield "404"
    if "requestBody" in operation:
        yield from ("413", "422")
        if "application/json" not in operation["requestBody"]["content"]:
            yield "415"
    if security:
        yield "429"
    if method in _CHANGES:
        yield "503"
    yield "default"
