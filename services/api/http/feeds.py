"""`/v1/feeds`: the feeds with what became of them, and asking ingest to add, edit, remove or read one."""

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, StrictBool
from starlette.responses import Response

from services.api.commanding import Commands
from services.api.http.answers import json_answer
from services.api.http.bounded import SMALL, bounded
from services.api.http.fields import Name, Number, WebAddress
from services.api.http.parameters import refuse_parameters
from services.api.http.problems import Problem, not_found
from services.api.readmodel.documents import FeedState, Json, feed_state, listing
from services.api.readmodel.model import ReadModel
from services.contracts.commands import AddFeedData, EditFeedData
from services.contracts.feeds import Feed
from services.contracts.identity import feed_id

Wait = Annotated[float, Field(gt=0, le=31 * 86_400), Number]
_OWN_SHORTEST = "Its own shortest wait between polls, in seconds; null for that of all feeds."
_OWN_LONGEST = "Its own longest wait between polls, in seconds; null for that of all feeds. Failures may take longer."


class NewFeed(BaseModel):
    """A feed to be polled."""

    model_config = ConfigDict(extra="forbid")

    url: WebAddress
    title: Name | None = None
    tags: tuple[Name, ...] = Field(default=(), max_length=50)
    full_text: StrictBool | None = Field(
        default=None, description="Whether its articles' pages are read; not unless asked."
    )
    poll_min_s: Wait | None = Field(default=None, description=_OWN_SHORTEST)
    poll_max_s: Wait | None = Field(default=None, description=_OWN_LONGEST)


class FeedEdit(BaseModel):
    """What to change of a feed, as a JSON merge patch (RFC 7396): null clears, what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    title: Name | None = Field(default=None, description="Your own name for it; null for what it calls itself.")
    tags: Annotated[tuple[Name, ...], Field(max_length=50)] | None = Field(default=None, description="All its tags.")
    full_text: StrictBool | None = Field(default=None, description="Whether its articles' pages are read.")
    poll_min_s: Wait | None = Field(default=None, description=_OWN_SHORTEST)
    poll_max_s: Wait | None = Field(default=None, description=_OWN_LONGEST)


class FeedListing(BaseModel):
    """All feeds by title."""

    feeds: list[FeedState]


def feed_routes(model: ReadModel, commands: Commands, clock: Callable[[], datetime]) -> APIRouter:
    routes = APIRouter(tags=["feeds"], dependencies=[Depends(refuse_parameters)], route_class=bounded(SMALL))

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
        """Ask for a feed to be polled; for one that is known, for what is given to be changed."""
        feed, asked = await ask_to_add(model, commands, new, clock())
        status = HTTPStatus.ACCEPTED if asked else HTTPStatus.OK
        return json_answer(Json(feed.model_dump_json()), status, {"Location": f"/v1/feeds/{feed.id}"})

    @routes.get("/v1/feeds/{id}", response_model=FeedState)
    async def read_feed(id: UUID) -> Response:
        """One feed, with what became of it."""
        return json_answer(await known_feed(id))

    @routes.patch("/v1/feeds/{id}", response_model=FeedState, status_code=HTTPStatus.ACCEPTED)
    async def edit_feed(id: UUID, edit: FeedEdit) -> Response:
        """Ask for a feed's title, tags or way of being polled to be changed. Answers the feed as it will be."""
        feed = await ask_to_edit(FeedState.model_validate_json(await known_feed(id)), commands, edit, clock())
        return json_answer(Json(feed.model_dump_json()), HTTPStatus.ACCEPTED)

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


async def ask_to_add(model: ReadModel, commands: Commands, new: NewFeed, now: datetime) -> tuple[FeedState, bool]:
    """The feed as it is or is going to be, and whether ingest was asked for anything: not where it is as it should be.

    Raises a 422 `Problem` where its bounds contradict each other, and `CommandNotSent`.
    """
    asked = AddFeedData(id=feed_id(new.url), **new.model_dump())
    known = await model.feed(asked.id)
    state = FeedState.model_validate_json(known) if known else None
    _refuse_contradiction(state, asked.model_dump(exclude_none=True))
    if state is not None and not edits(state, asked):
        return state, False
    await commands.add_feeds([asked], now)
    return state or _expected(asked, now), True


async def ask_to_edit(state: FeedState, commands: Commands, edit: FeedEdit, now: datetime) -> FeedState:
    """The feed as it is going to be. Raises a 422 `Problem` where its bounds would contradict each other, and
    `CommandNotSent`."""
    given = edit.model_dump(exclude_unset=True)
    _refuse_contradiction(state, given)
    asked = EditFeedData(id=state.id, **{name: _or_cleared(name, value) for name, value in given.items()})
    await commands.edit_feed(asked, now)
    return state.model_copy(update=asked.model_dump(include=asked.model_fields_set))


def edits(known: FeedState, asked: AddFeedData) -> bool:
    """Whether adding a known feed again would change it. What is left out stays as it is."""
    given = asked.model_dump(exclude={"id", "url"}, exclude_none=True)
    return any(value not in ((), getattr(known, name)) for name, value in given.items())


def _or_cleared(name: str, value: object) -> object:
    """What null stands for, where a field cannot be without value."""
    return {"tags": (), "full_text": False}.get(name) if value is None else value


def _refuse_contradiction(known: FeedState | None, given: Mapping[str, Any]) -> None:
    """Raises a 422 `Problem` where the shortest wait would be longer than the longest."""
    shortest = given.get("poll_min_s", known.poll_min_s if known else None)
    longest = given.get("poll_max_s", known.poll_max_s if known else None)
    if shortest is not None and longest is not None and shortest > longest:
        name = "poll_min_s" if "poll_min_s" in given else "poll_max_s"
        detail = f"{name}: the shortest wait ({shortest:g} s) would be longer than the longest ({longest:g} s)"
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "bad-body", detail, parameter=name)


def _expected(asked: AddFeedData, now: datetime) -> FeedState:
    """The feed as ingest is going to report it."""
    feed = Feed(
        **asked.model_dump(exclude={"full_text"}),
        full_text=bool(asked.full_text),
        status="new",
        change="added",
        since=now,
    )
    return feed_state(feed)
