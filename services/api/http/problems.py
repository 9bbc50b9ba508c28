"""Errors as problem documents (RFC 9457), each saying what to do."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import compile_path

from services.api.commanding import CommandNotSent
from services.api.http.media import prefers_page

MEDIA_TYPE = "application/problem+json"


class ProblemDocument(BaseModel):
    """What every error is answered with (RFC 9457). Members that say nothing are left out."""

    type: str = Field(description="Where `/docs` explains this kind of problem.")
    title: str
    status: int
    detail: str = Field(description="What is wrong, and what to do.")
    instance: str
    parameter: str | None = Field(default=None, description="The parameter, or the member of the body.")
    at: int | None = Field(default=None, description="The place in a search that is not understood, from 0.")
    allowed: list[str] | None = Field(default=None, description="What there is instead.")
    scope: str | None = Field(default=None, description="What a key must be for.")
    checks: dict[str, str] | None = Field(default=None, description="Which part does not answer.")


class Problem(Exception):
    """A request that cannot be fulfilled. `kind` is the last part of the problem's `type`."""

    def __init__(self, status: int, kind: str, detail: str, **members: str | int | list[str] | dict[str, str]) -> None:
        super().__init__(detail)
        self.status, self.kind, self.detail, self.members = status, kind, detail, members
        self.headers: dict[str, str] = {}


def bad_parameter(name: str, detail: str, allowed: list[str] | None = None) -> Problem:
    if allowed is None:
        return Problem(HTTPStatus.BAD_REQUEST, "bad-parameter", detail, parameter=name)
    return Problem(HTTPStatus.BAD_REQUEST, "bad-parameter", detail, parameter=name, allowed=allowed)


def too_many(kind: str, detail: str, retry_after_s: int) -> Problem:
    problem = Problem(HTTPStatus.TOO_MANY_REQUESTS, kind, detail)
    problem.headers = {"Retry-After": str(retry_after_s)}
    return problem


def not_found(what: str) -> Problem:
    return Problem(HTTPStatus.NOT_FOUND, "not-found", what)


ProblemPage = Callable[[Request, Problem], Response]


def answer(request: Request, problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """As a document; as a page where a browser asked for one and the app has such (`answer_with_pages`)."""
    page: ProblemPage | None = getattr(request.app.state, "problem_page", None)
    if page and not request.url.path.startswith("/v1/") and prefers_page(request.headers.get("accept", "")):
        shown = page(request, problem)
        shown.headers.update(headers or {})
        return shown
    document = {
        "type": f"/docs#{problem.kind}",
        "title": HTTPStatus(problem.status).phrase,
        "status": int(problem.status),
        "detail": problem.detail,
        "instance": request.url.path,
        **problem.members,
    }
    return JSONResponse(document, problem.status, headers, MEDIA_TYPE)


def answer_with_pages(app: FastAPI, page: ProblemPage) -> None:
    """Outside `/v1/` people are told of errors by a page."""
    app.state.problem_page = page


def answer_with_problems(app: FastAPI) -> None:
    """Every error of the app is answered with a problem document, also those that no route of ours raised."""

    @app.exception_handler(Problem)
    async def raised(request: Request, error: Problem) -> Response:
        return answer(request, error, error.headers)

    @app.exception_handler(CommandNotSent)
    async def unavailable(request: Request, error: CommandNotSent) -> Response:
        problem = Problem(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", str(error))
        return answer(request, problem, {"Retry-After": str(error.retry_after_s)})

    @app.exception_handler(RequestValidationError)
    async def refused(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        place, *path = (str(part) for part in first["loc"])
        if place == "path":
            return answer(request, not_found(f"there is nothing at {request.url.path}: {first['input']!r} is no id"))
        if first["type"] == "json_invalid":
            return answer(request, Problem(422, "bad-body", f"the body is no JSON: {first['ctx']['error']}"))
        name, message = ".".join(path) or "body", first["msg"].removeprefix("Value error, ")
        return answer(request, Problem(422, "bad-body", f"{name}: {message}", parameter=name))

    @app.exception_handler(HTTPException)
    async def from_the_framework(request: Request, error: HTTPException) -> Response:
        kind, detail = _FRAMEWORK.get(error.status_code, ("error", str(error.detail)))
        problem = Problem(error.status_code, kind, detail.format(request=request, said=error.detail))
        headers = dict(error.headers or {})
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            methods = _methods(app, request.url.path) or headers["Allow"].split(", ")
            problem.members["allowed"], headers["Allow"] = methods, ", ".join(methods)
        return answer(request, problem, headers)

    @app.exception_handler(Exception)
    async def unexpected(request: Request, _error: Exception) -> Response:
        detail = "something went wrong on our side; it has been logged. Try again later."
        return answer(request, Problem(500, "internal-error", detail))


_FRAMEWORK = {
    404: ("not-found", "there is nothing at {request.url.path}; /docs lists what there is"),
    405: ("method-not-allowed", "{request.method} is not possible here; `allowed` says what is"),
    413: ("too-large", "{said}"),
}


def _methods(app: FastAPI, path: str) -> list[str]:
    """All methods of an address. The framework knows one route at a time, and says only what the first of them can."""
    found: set[str] = set()
    for template, operations in app.openapi()["paths"].items():
        if compile_path(template)[0].match(path):
            found |= {method.upper() for method in operations}
    return sorted(found | {"HEAD"} if "GET" in found else found)
