"""Signing in on the page: a key, kept by the browser in a cookie that no script can read and no other site can send."""

import logging
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.api.access.credentials import COOKIE, Credential, Way, from_another_site
from services.api.access.keyring import Keyring
from services.api.access.store import KeysUnusable
from services.api.http.bounded import SMALL, bounded
from services.api.http.parameters import Query, read_query
from services.api.http.problems import Problem
from services.api.page.answering import Answering, onward
from services.api.page.forms import read_form
from services.api.page.places import within

logger = logging.getLogger(__name__)


class SignInQuery(Query):
    """`next` is where to go on."""

    next: str = "/"


def session_routes(pages: Answering, keyring: Keyring, clock: Callable[[], datetime]) -> APIRouter:
    """`/sign-in` and `/sign-out`."""
    routes = APIRouter(include_in_schema=False, route_class=bounded(SMALL))

    @pages.get(routes, "/sign-in")
    async def ask(request: Request, now: datetime) -> Response:
        query = read_query(SignInQuery, request.query_params)
        return pages.show(request, "sign_in.html", now, _asking(query.next))

    @pages.post(routes, "/sign-in")
    async def sign_in(request: Request, now: datetime) -> Response:
        _refuse_others(request)
        form = await read_form(request)
        text, wanted = form.get("key", ""), within(form.get("next", "/"))
        try:
            key = keyring.find(text)
        except KeysUnusable as error:
            logger.error("keys cannot be read: %s", error)
            raise Problem(
                HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", "keys cannot be read now; it was logged"
            ) from None
        state = key.state(clock()) if key else "not known here; it may have been mistyped"
        if key is None or state != "active":
            view = _asking(wanted) | {"trouble": f"This key is {state}." if text else "Give a key."}
            return pages.show(request, "sign_in.html", now, view, status=HTTPStatus.FORBIDDEN)
        answer = onward(wanted)
        _keep(answer, request, quote(text, safe=""))
        return answer

    @pages.post(routes, "/sign-out")
    async def sign_out(request: Request, _now: datetime) -> Response:
        _refuse_others(request)
        answer = onward("/")
        _keep(answer, request, "", max_age=0)
        return answer

    return routes


def _asking(wanted: str) -> dict[str, Any]:
    return {"next": within(wanted), "trouble": None, "here": "sign-in"}


def _keep(answer: Response, request: Request, value: str, max_age: int | None = None) -> None:
    """Until the browser is closed. `Secure` where the page came by https, so that it never leaves by anything else."""
    answer.set_cookie(
        COOKIE, value, max_age=max_age, path="/", secure=request.url.scheme == "https", httponly=True, samesite="strict"
    )


def _refuse_others(request: Request) -> None:
    if from_another_site(request.scope, Credential("", Way.COOKIE)):
        detail = "a page of another site made your browser send this; nothing was changed"
        raise Problem(HTTPStatus.FORBIDDEN, "other-site", detail)
