"""`/v1/feeds`: the feeds with what became of them, and asking ingest to add, remove or read one."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.api.commanding import Commands
from services.api.http.answers import json_answer
from services.api.http.parameters import refuse_parameters
from services.api.http.problems import not_found
from services.api.readmodel.documents import FeedState, Json, feed_state, listing
from services.api.readmodel.model import ReadModel
from services.contracts.commands import AddFeedData
from services.contracts.feeds import Feed
from services.contracts.identity import feed_id


def _web_address(text: str) -> str:
    url = text.strip()
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError as error:
        raise ValueError(f"is no URL: {error}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_fine:
        raise ValueError("must be a whole http or https URL, such as https://example.org/feed.xml")
    if any(character.isspace() or not character.isprintable() for character in url):
        raise ValueError("must not contain spaces or control characters; write them as %20 and so on")
    return url


Label = Annotated[str, Field(min_length=1, max_length=200)]


class NewFeed(BaseModel):
    """A feed to be polled."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, Field(max_length=2_000), AfterValidator(_web_address)]
    title: Label | None = None
    tags: tuple[Label, ...] = Field(default=(), max_length=50)


class FeedListing(BaseModel):
    """All feeds by title."""

    feeds: list[FeedState]


def feed_routes(model: ReadModel, commands: Commands, clock: Callable[[], datetime]) -> APIRouter:
    routes = APIRouter(tags=["feeds"], dependencies=[Depends(refuse_parameters)])

    @routes.get("/v1/feeds", response_model=FeedListing)
    async def list_feeds() -> Response:
        """All feeds, with what became of them."""
        return json_answer(listing("feeds", await model.feeds()))

    @routes.post(
        "/v1/feeds",
        response_model=FeedState,
        status_code=HTTPStatus.ACCEPTED,
        responses={200: {"model": FeedState, "description": "The feed is known, and nothing is to be changed."}},
    )
    async def add_feed(new: NewFeed) -> Response:
        """Ask for a feed to be polled; for one that is known, for its title or tags to be changed."""
        subject = feed_id(new.url)
        known = await model.feed(subject)
        location = {"Location": f"/v1/feeds/{subject}"}
        if known is not None and not _edits(FeedState.model_validate_json(known), new):
            return json_answer(known, HTTPStatus.OK, location)
        await commands.add_feed(AddFeedData(id=subject, url=new.url, title=new.title, tags=new.tags), clock())
        return json_answer(known or _expected(subject, new, clock()), HTTPStatus.ACCEPTED, location)

    @routes.get("/v1/feeds/{id}", response_model=FeedState)
    async def read_feed(id: UUID) -> Response:
        """One feed, with what became of it."""
        return json_answer(await known_feed(id))

    @routes.delete("/v1/feeds/{id}", response_model=FeedState, status_code=HTTPStatus.ACCEPTED)
    async def remove_feed(id: UUID) -> Response:
        """Ask for a feed to be polled no more. Its articles stay."""
        known = await known_feed(id)
        await commands.remove_feed(id, clock())
        return json_answer(known, HTTPStatus.ACCEPTED)

    @routes.post("/v1/feeds/{id}/refresh", response_model=FeedState, status_code=HTTPStatus.ACCEPTED)
    async def refresh_feed(id: UUID) -> Response:
        """Ask for a feed to be polled now."""
        known = await known_feed(id)
        await commands.refresh_feed(id, clock())
        return json_answer(known, HTTPStatus.ACCEPTED)

    async def known_feed(subject: UUID) -> Json:
        known = await model.feed(subject)
        if known is None:
            raise not_found(f"there is no feed {subject}; /v1/feeds lists them")
        return known

    return routes


def _edits(known: FeedState, new: NewFeed) -> bool:
    """Whether the request would change a known feed. What it leaves out stays as it is."""
    retitled = new.title is not None and new.title != known.title
    return retitled or bool(new.tags and new.tags != known.tags)


def _expected(subject: UUID, new: NewFeed, now: datetime) -> Json:
    """The feed as ingest is going to report it."""
    feed = Feed(id=subject, url=new.url, title=new.title, tags=new.tags, status="new", change="added", since=now)
    return Json(feed_state(feed).model_dump_json())
