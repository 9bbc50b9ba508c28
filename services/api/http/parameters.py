"""Query parameters: read strictly, described in OpenAPI from the same model."""

from dataclasses import replace
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema
from starlette.datastructures import QueryParams
from starlette.requests import Request

from services.api.http.problems import Problem, bad_parameter
from services.api.query.errors import QueryError
from services.api.query.parse import parse
from services.api.query.tree import Query as Searched
from services.api.readmodel.filters import Filter
from services.contracts.identity import feed_id


class Query(BaseModel):
    """The parameters of a request. Those typed as a tuple may be repeated, the others not."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Parameters = TypeVar("Parameters", bound=Query)


def read_query(model: type[Parameters], given: QueryParams) -> Parameters:
    """Raises a 400 `Problem` that names the parameter: unknown, repeated without sense, or of a bad value."""
    values: dict[str, Any] = {}
    allowed = sorted(model.model_fields)
    for name in given:
        if name not in model.model_fields:
            known = ", ".join(allowed) or "none"
            raise bad_parameter(name, f"there is no parameter {name!r} here; there are: {known}", allowed)
        held = given.getlist(name)
        if _repeats(model, name):
            values[name] = tuple(held)
        elif len(held) > 1:
            raise bad_parameter(name, f"{name} may be given only once")
        else:
            values[name] = held[0]
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0])
        message = first["msg"].removeprefix("Value error, ")
        raise bad_parameter(name, f"{name}={first['input']!r}: {message}") from None


def parameters_of(model: type[Query], *, but: str | None = None) -> dict[str, Any]:
    """The parameters as members of an OpenAPI operation, `but` one that is always refused there."""
    schema = model.model_json_schema()
    described = []
    for name, shape in schema["properties"].items():
        if name == but:
            continue
        described.append(
            {
                "name": name,
                "in": "query",
                "required": name in schema.get("required", ()),
                "description": shape["description"],
                "schema": _as_sent(shape),
            }
        )
    return {"parameters": described}


def _as_sent(shape: dict[str, Any]) -> dict[str, Any]:
    """The schema of a parameter's value. A parameter can be left out, but no text in a URL means null."""
    about = {key: value for key, value in shape.items() if key not in ("title", "description", "anyOf")}
    if about.get("default", "") is None:
        del about["default"]
    present = [one for one in shape.get("anyOf", ()) if one != {"type": "null"}]
    return about | (present[0] if len(present) == 1 else {"anyOf": present} if present else {})


def _repeats(model: type[Query], name: str) -> bool:
    return getattr(model.model_fields[name].annotation, "__origin__", None) is tuple


def to_instant(text: str) -> datetime:
    try:
        if len(text) == len("2026-03-01"):
            day = date.fromisoformat(text)
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        moment = datetime.fromisoformat(text)
    except ValueError:
        hint = "; in a URL + is written %2B" if " " in text else ""
        raise ValueError(f"neither a date (2026-03-01) nor an instant (2026-03-01T09:00:00Z){hint}") from None
    if moment.tzinfo is None:
        raise ValueError("an instant needs its zone, such as Z or %2B01:00")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("is before the year 1 or after the year 9999 in UTC") from None


def _to_feed_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        if "://" in text:
            return feed_id(text)
        raise ValueError("neither the id nor the URL of a feed") from None


def one_of(*shapes: dict[str, Any]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [{"type": "string"} | shape for shape in shapes]})


INSTANT, DAY = {"format": "date-time"}, {"format": "date"}
Moment = Annotated[datetime, BeforeValidator(to_instant), one_of(INSTANT, DAY)]
FeedKey = Annotated[UUID, BeforeValidator(_to_feed_id), one_of({"format": "uuid"}, {"pattern": "://"})]
Word = Annotated[str, Field(min_length=1, max_length=500)]


class NoQuery(Query):
    """For addresses that take no parameters."""


def refuse_parameters(request: Request) -> None:
    """A dependency of routes that take none: an unknown parameter is an error there too."""
    read_query(NoQuery, request.query_params)


class FacetQuery(Query):
    """What listings and the live stream may be narrowed to."""

    tag: tuple[Word, ...] = Field(default=(), description="A tag's slug; repeated, all of them.", max_length=20)
    source: Word | None = Field(default=None, description="A publisher's id, such as `example.org`.")
    feed: FeedKey | None = Field(default=None, description="A feed's id or URL.")
    lang: Word | None = Field(default=None, description="A language's code, such as `en`.")
    story: UUID | None = Field(default=None, description="A story's id, also of one that was merged.")


class SearchQuery(FacetQuery):
    """What listings may be narrowed to."""

    since: Moment | None = Field(default=None, description="From this instant or (UTC) day on: ISO 8601.")
    until: Moment | None = Field(default=None, description="Before this instant or (UTC) day: ISO 8601.")
    q: Word | None = Field(
        default=None,
        description='A search: words, "phrases", `-not`, `OR`, (groups), and fields such as `intitle:` and `after:`.',
    )
    fold: Literal["repeats", "story"] | None = Field(
        default=None,
        description="`repeats` leaves out what repeats an earlier article, and says with that who does; `story` leaves "
        "one article of each story, the first that repeats no other, and says who else tells it.",
    )


def to_query(text: str | None) -> Searched | None:
    """What was searched for. Raises a 400 `Problem` that points at the place that is not understood."""
    if text is None:
        return None
    try:
        return parse(text)
    except QueryError as error:
        raise Problem(HTTPStatus.BAD_REQUEST, "bad-query", error.shown(text), parameter="q", at=error.at) from None


def to_filter(query: FacetQuery) -> Filter:
    narrowed = Filter(tags=query.tag, source=query.source, feed=query.feed, language=query.lang, story=query.story)
    if not isinstance(query, SearchQuery):
        return narrowed
    return replace(
        narrowed,
        since=query.since,
        until=query.until,
        query=to_query(query.q),
        fold=query.fold == "repeats",
        one_per_story=query.fold == "story",
    )
