"""`/v1/searches/{id}/webhooks/{webhook}/dead-letters`: what could not be sent."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import Field
from starlette.responses import Response

from services.api.http.answers import json_answer
from services.api.http.parameters import Query, parameters_of, read_query, refuse_parameters
from services.api.http.problems import Problem, not_found
from services.api.http.searches import opened
from services.api.http.webhooks import known_webhook
from services.api.readmodel.documents import Document, Json
from services.api.searches.documents import DeadLetterState, letter_state
from services.api.searches.shelf import Shelf


class DeadLetterListing(Document):
    """The latest first."""

    dead_letters: tuple[DeadLetterState, ...]


class LetterQuery(Query):
    limit: int = Field(default=50, ge=1, le=500, description="How many at most.")


def dead_letter_routes(shelf: Shelf | None) -> APIRouter:
    routes = APIRouter(tags=["webhooks"])
    plain = [Depends(refuse_parameters)]

    @routes.get(
        "/v1/searches/{id}/webhooks/{webhook}/dead-letters",
        response_model=DeadLetterListing,
        openapi_extra=parameters_of(LetterQuery),
    )
    async def list_dead_letters(id: UUID, webhook: UUID, request: Request) -> Response:
        """Events that could not be delivered, the latest first, each with the reason."""
        await known_webhook(shelf, id, webhook)
        limit = read_query(LetterQuery, request.query_params).limit
        letters = await opened(shelf).webhooks(lambda store: store.letters(webhook, limit))
        listing = DeadLetterListing(dead_letters=tuple(letter_state(letter) for letter in letters))
        return json_answer(Json(listing.model_dump_json()))

    @routes.post(
        "/v1/searches/{id}/webhooks/{webhook}/dead-letters/{letter}/retry",
        response_model=DeadLetterState,
        status_code=HTTPStatus.ACCEPTED,
        dependencies=plain,
    )
    async def retry_dead_letter(id: UUID, webhook: UUID, letter: UUID) -> Response:
        """Send one once more, beside what is in order. Delivered it is forgotten, else it stays."""
        await known_webhook(shelf, id, webhook)
        found = await opened(shelf).webhooks(lambda store: store.ask_retry(webhook, letter))
        if found is None:
            raise _no_letter(letter)
        opened(shelf).tell()
        return json_answer(Json(letter_state(found).model_dump_json()), HTTPStatus.ACCEPTED)

    @routes.delete(
        "/v1/searches/{id}/webhooks/{webhook}/dead-letters/{letter}",
        status_code=204,
        dependencies=plain,
        response_class=Response,
    )
    async def forget_dead_letter(id: UUID, webhook: UUID, letter: UUID) -> Response:
        """Forget an event that could not be delivered."""
        await known_webhook(shelf, id, webhook)
        if not await opened(shelf).webhooks(lambda store: store.forget(webhook, letter)):
            raise _no_letter(letter)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    return routes


def _no_letter(letter: UUID) -> Problem:
    return not_found(f"there is no dead letter {letter}; it may have been delivered meanwhile")
