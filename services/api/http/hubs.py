"""`/v1/hubs`: which WebSub hubs deliver, and how well."""

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from starlette.responses import Response

from services.api.http.answers import json_answer
from services.api.http.parameters import refuse_parameters
from services.api.readmodel.documents import Json
from services.api.readmodel.hubs import HubState
from services.api.readmodel.model import ReadModel


class HubListing(BaseModel):
    """The hub with the most feeds first."""

    hubs: list[HubState]


def hub_routes(model: ReadModel) -> APIRouter:
    routes = APIRouter(tags=["push"], dependencies=[Depends(refuse_parameters)])

    @routes.get("/v1/hubs", response_model=HubListing)
    async def list_hubs() -> Response:
        """WebSub hubs that were asked to deliver, with what they delivered and missed; the one with the most feeds
        first. A feed's own subscription is its `push` in `/v1/feeds`."""
        return json_answer(Json(HubListing(hubs=await model.hubs()).model_dump_json()))

    return routes
