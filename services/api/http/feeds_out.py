"""`/v1/articles.rss`, `.atom` and `.jsonfeed`: any listing as a feed for other readers."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Literal
from urllib.parse import urlencode
from uuid import NAMESPACE_URL, UUID, uuid5

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from services.api.http.answers import link_header, next_page
from services.api.http.listings import ListingQuery, PageMark, read_page
from services.api.http.parameters import SearchQuery, parameters_of, read_query, to_filter
from services.api.output import atom, jsonfeed, rss
from services.api.output.feed import EVER, Feed, entry_of
from services.api.readmodel.filters import Filter
from services.api.readmodel.model import ReadModel

ENTRIES = 50
_SETTLED = timedelta(seconds=2)
"""`Last-Modified` knows no parts of a second: what changed just now may change again within the same."""
_OF_THE_PAGE = ("cursor", "limit", "sort")


@dataclass(frozen=True, slots=True)
class Form:
    """A way to write a feed. `ending` is that of addresses below `/v1/articles`."""

    ending: str
    media_type: str
    write: Callable[[Feed], str]

    model: type[BaseModel] | None = None
    response: type[Response] = Response

    @property
    def described(self) -> dict[str, object]:
        """As a member of an OpenAPI operation's responses."""
        if self.model is not None:
            return {"description": "The feed."}
        return {"content": {self.media_type: {"schema": {"type": "string"}}}, "description": "The feed."}


class JsonFeedResponse(JSONResponse):
    media_type = jsonfeed.MEDIA_TYPE


RSS = Form("rss", rss.MEDIA_TYPE, rss.rss)
ATOM = Form("atom", atom.MEDIA_TYPE, atom.atom)
JSON_FEED = Form("jsonfeed", jsonfeed.MEDIA_TYPE, jsonfeed.json_feed, jsonfeed.JsonFeed, JsonFeedResponse)


class FeedQuery(SearchQuery):
    """Feeds take what listings take, but for what readers of feeds cannot use."""

    limit: int = Field(default=ENTRIES, ge=1, le=500, description="How many entries at most.")
    sort: Literal["first_seen", "published", "revised", "relevance"] = Field(
        default="first_seen",
        description="As for listings. Unless asked otherwise what came to the wire last is first, so that who reads "
        "the feed now and then also gets what came late.",
    )
    cursor: PageMark | None = Field(
        default=None, description="Where to go on: from the link `next` of an earlier feed."
    )


@dataclass(frozen=True, slots=True)
class Heading:
    """What is said of a feed as a whole. `page` is a path; a feed without entries was updated `since`."""

    id: UUID
    title: str
    about: str
    page: str
    since: datetime = EVER


def output_routes(model: ReadModel, clock: Callable[[], datetime]) -> APIRouter:
    routes = APIRouter(tags=["output feeds"])

    def add(form: Form, name: str) -> None:
        async def read_feed(request: Request) -> Response:
            query = read_query(FeedQuery, request.query_params)
            given = request.query_params.multi_items()
            return await feed_answer(request, model, form, to_filter(query), query, _heading(given), clock())

        routes.add_api_route(
            f"/v1/articles.{form.ending}",
            read_feed,
            name=f"read_{form.ending}",
            summary=f"Articles as {name}",
            description=f"Any listing as {name}, newest to the wire first unless asked otherwise.",
            response_class=form.response,
            response_model=form.model,
            openapi_extra=parameters_of(FeedQuery),
            responses={200: form.described},
        )

    add(RSS, "RSS 2.0")
    add(ATOM, "Atom")
    add(JSON_FEED, "JSON Feed 1.1")
    return routes


async def feed_answer(
    request: Request, model: ReadModel, form: Form, wanted: Filter, query: FeedQuery, heading: Heading, now: datetime
) -> Response:
    """The page of the listing as a feed. Raises a 400 `Problem` where the parameters do not go together."""
    listing = ListingQuery.model_construct(limit=query.limit, sort=query.sort, cursor=query.cursor)
    # Were it the newest that stands for a story, a reader would be shown each of its articles in turn.
    page = await read_page(model, replace(wanted, earliest=True), listing)
    headlines = [json.loads(headline) for headline in page.headlines]
    bodies = await model.bodies([headline["id"] for headline in headlines])
    base = str(request.base_url).rstrip("/")
    following = next_page(request, page.next)

    def written() -> bytes:
        known = [headline for headline in headlines if headline["id"] in bodies]
        feed = Feed(
            id=heading.id,
            title=heading.title,
            about=heading.about,
            here=str(request.url),
            page=base + heading.page,
            entries=tuple(entry_of(headline, bodies[headline["id"]], base) for headline in known),
            next=base + following if following else None,
            first=base + _address(request.url.path, _without(request, "cursor")) if query.cursor else None,
            since=heading.since,
        )
        return form.write(feed).encode("utf-8", "replace")

    changed = max((body.changed for body in bodies.values()), default=None)
    return Response(
        await asyncio.to_thread(written),  # sanitising hundreds of bodies takes its time
        media_type=form.media_type if form is JSON_FEED else f"{form.media_type}; charset=utf-8",
        headers=link_header(following) | _last_modified(changed, heading.since, now),
    )


def _last_modified(changed: datetime | None, since: datetime, now: datetime) -> dict[str, str]:
    if changed is None or max(changed, since) > now - _SETTLED:
        return {}
    return {"Last-Modified": format_datetime(max(changed, since).replace(microsecond=0), usegmt=True)}


def _heading(given: Sequence[tuple[str, str]]) -> Heading:
    """Of a listing that nobody gave a name: what it is narrowed to, whose order does not matter."""
    narrowing = [(name, value) for name, value in given if name not in _OF_THE_PAGE]
    subject = uuid5(NAMESPACE_URL, f"dateline:articles?{urlencode(sorted(narrowing))}")
    said = [value if name == "q" else f"{name} {value}" for name, value in narrowing]
    title = f"Dateline: {', '.join(said)}" if said else "Dateline"
    about = f"Articles narrowed to {', '.join(said)}." if said else "All articles of the wire."
    return Heading(subject, title, about, _address("/", narrowing))


def _without(request: Request, dropped: str) -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.query_params.multi_items() if name != dropped]


def _address(path: str, parameters: Sequence[tuple[str, str]]) -> str:
    return f"{path}?{urlencode(parameters)}" if parameters else path
