"""What the forms about stories say, in the terms of the HTTP API. Each raises a 422 `Problem`."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import BaseModel, ValidationError

from services.api.http.problems import Problem
from services.api.http.story_edits import StoryEdit, StoryMerge, StoryPin, StorySplit

EMPTY = {"into": "", "article": "", "title": ""}

Fields = Mapping[str, Sequence[str]]
Asked = TypeVar("Asked", bound=BaseModel)


def merge_asked(form: Fields) -> StoryMerge:
    return StoryMerge(into=_id(_last(form, "into"), "the address of the other story’s page"))


def split_asked(form: Fields) -> StorySplit:
    ticked = form.get("ticked", ())
    if not ticked:
        raise _bad("Tick the articles that are about something else.")
    return _read(StorySplit, {"articles": ticked})


def pin_asked(form: Fields) -> StoryPin:
    return StoryPin(article=_id(_last(form, "article"), "the address of the article’s page"))


def rename_asked(form: Fields) -> StoryEdit:
    """The button `automatic` gives the choice back to the wire, whatever was typed."""
    return _read(StoryEdit, {"title": None if "automatic" in form else _last(form, "title")})


def _last(form: Fields, name: str) -> str:
    return (form.get(name) or [""])[-1]


def _id(given: str, wanted: str) -> UUID:
    """Of a page's address, of the API's, or the bare id."""
    try:
        path = urlsplit(given).path
        return UUID(next(part for part in reversed(path.split("/")) if part))
    except (ValueError, StopIteration):
        raise _bad(f"Give {wanted}, or its id.") from None


def _read(model: type[Asked], given: Mapping[str, Any]) -> Asked:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise _bad(f"{str(first['loc'][0]).capitalize()}: {first['msg'].removeprefix('Value error, ')}") from None


def _bad(detail: str) -> Problem:
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "bad-body", detail)
