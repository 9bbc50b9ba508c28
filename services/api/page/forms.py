"""Reading what a form of the page sends, without JavaScript: `application/x-www-form-urlencoded`."""

from http import HTTPStatus
from urllib.parse import parse_qsl

from fastapi import Request

from services.api.http.problems import Problem

_TYPE = "application/x-www-form-urlencoded"


async def read_form(request: Request) -> dict[str, str]:
    """The fields, the last of each name, without the white space around them. Raises a 415 `Problem`."""
    return {name: values[-1] for name, values in (await read_fields(request)).items()}


async def read_fields(request: Request) -> dict[str, list[str]]:
    """All values of each field, in their order, without the white space around them. Raises a 415 `Problem`."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _TYPE:
        raise Problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "bad-media-type", f"this takes what the page's form sends: {_TYPE}"
        )
    body = (await request.body()).decode("utf-8", "replace")
    fields: dict[str, list[str]] = {}
    for name, value in parse_qsl(body, keep_blank_values=True):
        fields.setdefault(name, []).append(value.strip())
    return fields
