"""What the forms about feeds say, in the terms of the HTTP API."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from services.api.http.feeds import FeedEdit, NewFeed
from services.api.http.problems import Problem

EMPTY = {"url": "", "title": "", "tags": "", "full_text": ""}

Asked = TypeVar("Asked", bound=BaseModel)


def new_feed(form: Mapping[str, str]) -> NewFeed:
    """Raises a 422 `Problem` that names the field. An address without its scheme is taken for https."""
    url = form.get("url", "")
    return _read(
        NewFeed,
        {
            "url": url if not url or "://" in url else f"https://{url}",
            "title": form.get("title") or None,
            "tags": _labels(form.get("tags", "")),
            "full_text": True if form.get("full_text") else None,
        },
    )


def feed_edit(form: Mapping[str, str]) -> FeedEdit:
    """Raises a 422 `Problem` that names the field."""
    return _read(
        FeedEdit,
        {
            "title": form.get("title") or None,
            "tags": _labels(form.get("tags", "")),
            "full_text": bool(form.get("full_text")),
        },
    )


def is_about_the_form(problem: Problem) -> bool:
    """Whether the form can be shown again with it: what was typed is at fault."""
    return problem.kind in ("bad-body", "bad-media-type")


def _labels(text: str) -> list[str]:
    return list(dict.fromkeys(label.strip() for label in text.split(",") if label.strip()))


def _read(model: type[Asked], given: Mapping[str, Any]) -> Asked:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        detail = f"{_NAMES.get(str(first['loc'][0]), first['loc'][0])}: {first['msg'].removeprefix('Value error, ')}"
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "bad-body", detail) from None


_NAMES = {"url": "The address", "title": "The name", "tags": "The tags"}
