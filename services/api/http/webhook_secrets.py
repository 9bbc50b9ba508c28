"""`/v1/searches/{id}/webhooks/{webhook}/secret`: signing with another secret from now on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.api.http.answers import json_answer
from services.api.http.bounded import SMALL, bounded
from services.api.http.parameters import refuse_parameters
from services.api.http.searches import full
from services.api.http.webhooks import LIKE_THIS, Secret, at_once, edited
from services.api.readmodel.documents import Json
from services.api.searches.documents import WebhookMade
from services.api.searches.rotation import MOST_OLD, rotated
from services.api.searches.shelf import Shelf
from services.api.searches.signature import new_secret
from services.api.searches.store import TooMany, as_kept
from services.api.searches.webhook import Webhook

_OVERLAP_S, _LONGEST_OVERLAP_S = 86_400, 7 * 86_400


class NewSecret(BaseModel):
    """What to sign with from now on."""

    model_config = ConfigDict(extra="forbid")

    secret: Secret | None = Field(default=None, description=LIKE_THIS)
    overlap_s: Annotated[int, Field(ge=0, le=_LONGEST_OVERLAP_S)] = Field(
        default=_OVERLAP_S,
        description="For how many seconds old secrets sign along; 0 where one has become known to others.",
    )


_AS_USUAL = NewSecret()


def secret_routes(shelf: Shelf | None, clock: Callable[[], datetime]) -> APIRouter:
    routes = APIRouter(tags=["webhooks"], route_class=bounded(SMALL))

    @routes.post(
        "/v1/searches/{id}/webhooks/{webhook}/secret",
        response_model=WebhookMade,
        dependencies=[Depends(refuse_parameters)],
        responses={409: {"description": f"{MOST_OLD} old secrets sign along already."}},
    )
    async def rotate_secret(id: UUID, webhook: UUID, new: NewSecret = _AS_USUAL) -> Response:
        """Sign with a new secret, which is shown this once, and for a while with the old one too. What waited is tried
        at once."""
        secret, now, overlap = new.secret or new_secret(), as_kept(clock()), timedelta(seconds=new.overlap_s)

        def exchanged(before: Webhook) -> Webhook:
            return replace(rotated(before, secret, now, overlap), progress=at_once(before.progress))

        try:
            made = await edited(shelf, id, webhook, exchanged, now)
        except TooMany as error:
            raise full(error) from None
        return json_answer(Json(WebhookMade(**dict(made), secret=secret).model_dump_json()))

    return routes
