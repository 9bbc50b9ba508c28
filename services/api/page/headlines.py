"""Pages of headlines: the front page, a tag's, a source's, and what a search found."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field
from starlette.datastructures import QueryParams

from services.api.http.listings import ListingQuery, read_page
from services.api.http.parameters import read_query, to_filter
from services.api.http.problems import Problem, not_found
from services.api.page.answering import Answering
from services.api.page.counting import Counting
from services.api.page.headline import BLANK, grouped, headline
from services.api.page.narrowing import Place, chosen, further, heading
from services.api.page.places import Link, address, source_place, tag_place, web_link
from services.api.page.rail import Rail
from services.api.page.top_stories import orders, top_stories
from services.api.readmodel.changes import Size
from services.api.readmodel.filters import Filter
from services.api.readmodel.model import ReadModel

HEADLINES = 30
_COUNTED = 24
"""Of each kind of facet, before those of one label become one."""


class PageQuery(ListingQuery):
    """A page of headlines takes what listings take."""

    limit: int = Field(default=HEADLINES, ge=1, le=100, description="How many headlines at most.")


@dataclass(frozen=True, slots=True)
class _Found:
    view: dict[str, Any]
    articles: list[dict[str, Any]]
    wanted: Filter
    query: PageQuery


def headline_routes(pages: Answering, model: ReadModel, clock: Callable[[], datetime]) -> APIRouter:
    """`/`, `/tag/{slug}`, `/source/{id}` and `/search`."""
    routes = APIRouter(include_in_schema=False)
    rail, counting = Rail(model, clock), Counting(model)

    @pages.get(routes, "/")
    async def front(request: Request, now: datetime) -> Response:
        place = Place("/", request.query_params.multi_items())
        asked = {name for name, _value in place.given}
        if "order" in asked:
            view = await top_stories(model, place, now)
            return pages.show(request, "front.html", now, view | {"rail": await rail.links(), "narrowed": False})
        if "q" in asked:
            return await _answer(request, replace(place, path="/search"), now)
        whole = asked <= {"cursor"}
        found = await _found(model, place, now, fold=whole)
        if whole:
            further_in = {
                "title": "Latest headlines",
                "orders": orders(momentum=False),
                "leads": not place.given,
                "rail": await rail.links(),
                "narrowed": False,
                "here": "front",
            }
            return pages.show(request, "front.html", now, found.view | further_in)
        view = found.view | {"heading": heading(found.wanted, found.articles), "kicker": None, "about": None}
        return pages.show(request, "narrowed.html", now, view | await _narrowing(counting, place, found))

    @pages.get(routes, "/tag/{slug:path}")
    async def tag(request: Request, now: datetime) -> Response:
        slug = request.path_params["slug"]
        size = await model.size("tag", slug)
        if size is None:
            raise not_found(f"No article has the tag “{slug}”. It may come later, or be written differently.")
        place = Place(tag_place(slug), request.query_params.multi_items(), [("tag", slug)])
        return await _narrowed(request, place, size, "Tag", now)

    @pages.get(routes, "/source/{identity:path}")
    async def source(request: Request, now: datetime) -> Response:
        identity = request.path_params["identity"]
        size = await model.size("source", identity)
        if size is None:
            raise not_found(f"No article is from “{identity}”. The feeds that are read are on the page of feeds.")
        place = Place(source_place(identity), request.query_params.multi_items(), [("source", identity)])
        return await _narrowed(request, place, size, "Source", now)

    async def _narrowed(request: Request, place: Place, size: Size, kicker: str, now: datetime) -> Response:
        found = await _found(model, place, now)
        site = web_link(size.url)
        view = found.view | {
            "heading": size.label,
            "kicker": kicker,
            "about": {"count": size.articles, "site": site, "key": size.key},
            "here": kicker.lower(),
        }
        return pages.show(request, "narrowed.html", now, view | await _narrowing(counting, place, found))

    @pages.get(routes, "/search")
    async def search(request: Request, now: datetime) -> Response:
        return await _answer(request, Place("/search", request.query_params.multi_items()), now)

    async def _answer(request: Request, place: Place, now: datetime) -> Response:
        if not any(value.strip() for name, value in place.given if name == "q"):
            place = replace(place, given=[pair for pair in place.given if pair[0] != "q"])
            read_query(PageQuery, QueryParams(place.asked))
            view = {"trouble": None, "results": None, "rail": await rail.links(), "here": "search"}
            return pages.show(request, "search.html", now, view)
        try:
            return pages.show(request, "search.html", now, await _searched(model, counting, place, now))
        except Problem as problem:
            if problem.members.get("parameter") != "q":
                raise
            view = _misunderstood(str(dict(place.given)["q"]), problem) | {"rail": await rail.links()}
            return pages.show(request, "search.html", now, view, status=problem.status)

    return routes


async def _found(model: ReadModel, place: Place, now: datetime, fold: bool = False) -> _Found:
    """What all pages of headlines show. Raises a `Problem`."""
    query = read_query(PageQuery, QueryParams(place.asked))
    wanted = to_filter(query)
    if fold:
        wanted = replace(wanted, one_per_story=True)
    if query.q is not None:
        query = query.model_copy(update={"highlight": True})
    # The position is read before the headlines, so that what comes in between is told by the stream.
    position = await model.position()
    listing = await read_page(model, wanted, query)
    articles = [json.loads(one) for one in listing.headlines]
    ranked = query.sort == "relevance"
    view = {
        "groups": [("", [headline(one, now) for one in articles])] if ranked else grouped(articles, now),
        "blank": BLANK,
        "leads": False,
        "order": query.sort or "published",
        "fold": "story" if wanted.one_per_story else "repeats" if wanted.fold else None,
        "nothing": _nothing(wanted),
        "older": place.changed(cursor=str(listing.next)) if listing.next else None,
        "newest": place.changed() if query.cursor else None,
        "stream": place.stream(),
        "position": str(position),
        "query": query.q or "",
        "alternates": place.alternates(),
    }
    return _Found(view, articles, wanted, query)


async def _searched(model: ReadModel, counting: Counting, place: Place, now: datetime) -> dict[str, Any]:
    found = await _found(model, place, now)
    ranked = found.query.sort == "relevance"
    plain = [pair for pair in place.given if pair[0] not in ("sort", "cursor")]
    orders = [
        (Link(address(place.path, plain), "Newest first"), not ranked),
        (Link(address(place.path, plain, sort="relevance"), "Best first"), ranked),
    ]
    kept = [pair for pair in place.given if pair[0] not in ("q", "cursor")]
    narrowing = await _narrowing(counting, place, found)
    return found.view | narrowing | {"trouble": None, "results": True, "orders": orders, "kept": kept, "here": "search"}


async def _narrowing(counting: Counting, place: Place, found: _Found) -> dict[str, Any]:
    plain = replace(found.wanted, fold=False, one_per_story=False)
    counts = await counting.facets(plain, ("tag", "source", "language"), _COUNTED)
    rail = [(f"{title} here", links) for title, links in further(place, counts)]
    return {
        "chosen": chosen(place, found.articles),
        "rail": rail,
        "counted": counts.counted,
        "complete": counts.complete,
        "narrowed": True,
    }


def _misunderstood(text: str, problem: Problem) -> dict[str, Any]:
    """The query with the place that was not understood, in three parts; it may be at the very end."""
    at = problem.members.get("at")
    message = problem.detail.partition("\n")[0]
    parts = (text[:at], text[at : at + 1] or " ", text[at + 1 :]) if isinstance(at, int) else None
    trouble = {"message": message[:1].upper() + message[1:], "parts": parts}
    return {"trouble": trouble, "results": None, "query": text, "here": "search"}


def _nothing(wanted: Filter) -> str:
    """What an empty page says."""
    if wanted.query is not None:
        return "No article was found."
    if wanted in (Filter(), Filter(one_per_story=True)):
        return "No article has come in yet. They appear here as the feeds are read."
    return "No article here yet."
