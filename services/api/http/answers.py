"""Answers made of documents that are JSON text already."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from services.api.readmodel.documents import Json
from services.api.readmodel.filters import Cursor
from services.api.readmodel.stories import StoryCursor


def json_answer(document: Json, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(document.encode(), status, headers, "application/json")


def next_page(request: Request, cursor: Cursor | StoryCursor | None) -> str | None:
    """The address of the next page: this one's, with another cursor."""
    if cursor is None:
        return None
    kept: Iterable[tuple[str, str]] = request.query_params.multi_items()
    query = [(name, value) for name, value in kept if name != "cursor"]
    return f"{request.url.path}?{urlencode([*query, ('cursor', str(cursor))])}"


def link_header(next_address: str | None) -> dict[str, str]:
    """RFC 8288."""
    return {"Link": f'<{next_address}>; rel="next"'} if next_address else {}
