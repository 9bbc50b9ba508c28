"""What all pages have in common: they know who looks, and errors of theirs are pages too."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.api.commanding import CommandNotSent
from services.api.http.problems import Problem
from services.api.page.places import address
from services.api.page.rendering import Renderer
from services.api.page.viewer import viewer_of

Show = Callable[[Request, datetime], Awaitable[Response]]

_TITLES = {
    400: "This address is not understood",
    401: "A key is needed to read on",
    403: "This key does not open that",
    404: "There is nothing here",
    405: "This cannot be done here",
    413: "That is too much at once",
    422: "This cannot be taken",
    429: "Too many requests",
    500: "Something went wrong",
    503: "Not just now",
}


def onward(path: str, **told: str) -> Response:
    """To a page by GET, so that a reload sends nothing again."""
    return RedirectResponse(address(path, list(told.items())), HTTPStatus.SEE_OTHER, {"Cache-Control": "no-store"})


class Answering:
    """Declares pages on a router, and shows them."""

    def __init__(self, render: Renderer, clock: Callable[[], datetime]) -> None:
        self._render, self._clock = render, clock

    def get(self, router: APIRouter, path: str) -> Callable[[Show], Show]:
        return self._declare(router, path, "GET")

    def post(self, router: APIRouter, path: str) -> Callable[[Show], Show]:
        return self._declare(router, path, "POST")

    def show(
        self, request: Request, name: str, now: datetime, view: Mapping[str, Any], *, status: int = HTTPStatus.OK
    ) -> HTMLResponse:
        return self._render.page(name, now, view, status=status, viewer=viewer_of(request))

    def problem(self, request: Request, problem: Problem) -> Response:
        """What is wrong, and what to do about it. Where a key would help there is the form for it."""
        asks = problem.status == HTTPStatus.UNAUTHORIZED or problem.kind == "scope-needed"
        reading = request.method in ("GET", "HEAD")
        onward = address(request.url.path, request.query_params.multi_items()) if reading else "/feeds"
        title = _TITLES.get(problem.status, "This cannot be shown")
        if problem.status == HTTPStatus.UNAUTHORIZED and not reading:
            title = "A key is needed for that"
        message, _, place = problem.detail.partition("\n")
        named = problem.members.get("parameter", "\n")
        view = {
            "title": title,
            "message": message if message.startswith(str(named)) else message[:1].upper() + message[1:],
            "place": place,
            "asks": asks,
            "next": onward,
            "trouble": None,
            "again": onward if problem.status in _PASSING and reading else None,
            "here": "error",
        }
        answer = self.show(request, "error.html", self._clock(), view, status=problem.status)
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["Vary"] = "Accept, Cookie"
        answer.headers.update(problem.headers)
        return answer

    def _declare(self, router: APIRouter, path: str, method: str) -> Callable[[Show], Show]:
        def declare(show: Show) -> Show:
            async def answer(request: Request) -> Response:
                try:
                    return await show(request, self._clock())
                except CommandNotSent as error:
                    trouble = Problem(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", str(error))
                    trouble.headers = {"Retry-After": str(error.retry_after_s)}
                    return self.problem(request, trouble)
                except Problem as problem:
                    return self.problem(request, problem)

            router.add_api_route(path, answer, methods=[method])
            return show

        return declare


_PASSING = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE)
