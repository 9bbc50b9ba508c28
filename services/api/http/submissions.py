"""`POST /v1/articles`: publishing for those who have no feed."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.api.commanding import Commands
from services.api.http.answers import json_answer
from services.api.http.bounded import bounded
from services.api.http.fields import Label, Number, WebAddress
from services.api.http.parameters import refuse_parameters
from services.api.http.problems import Problem
from services.api.readmodel.documents import ArticleLinks, Json
from services.contracts.articles import Enclosure
from services.contracts.bounds import DATE, LANGUAGE, LISTED, SUMMARY, TITLE
from services.contracts.canonical import canonical_url
from services.contracts.commands import Submission
from services.contracts.strings import one_line
from services.contracts.submissions import submission_id

MOST_BYTES = 1_000_000
_WITH_QUOTES: dict[str, Any] = {"minLength": 1, "maxLength": 502}
_KEY = "Your own id for the article; the body's `key` does the same."


def _visible(text: str) -> str:
    if not one_line(text):
        raise ValueError("must have characters that can be seen")
    return text


def _names_a_page(url: str) -> str:
    if canonical_url(url) is None:
        raise ValueError("has no host that a page could be at")
    return url


Key = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_visible)]
DateText = Annotated[str, Field(min_length=1, max_length=DATE)]


class Publisher(BaseModel):
    """Who publishes the article."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Label, AfterValidator(_visible)]


class NewEnclosure(BaseModel):
    """A file that belongs to the article. `length` is in bytes."""

    model_config = ConfigDict(extra="forbid")

    url: WebAddress
    type: Label | None = None
    length: Annotated[int, Field(ge=0, lt=2**63), Number] | None = None


class NewArticle(BaseModel):
    """An article to be published. The same `url`, or without one the same `key` of the same source, is the same
    article: sent again unchanged it is nothing, changed it is a revision."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Field(min_length=1, max_length=TITLE, description="Plain text."), AfterValidator(_visible)]
    url: Annotated[WebAddress, AfterValidator(_names_a_page)] | None = Field(
        default=None, description="Where the article can be read; needed unless there is a key."
    )
    key: Key | None = Field(
        default=None, description="Your own id for it, kept as its `guid`. The header `Idempotency-Key` may carry it."
    )
    summary: str | None = Field(default=None, max_length=SUMMARY, description="Plain text.")
    text: str | None = Field(default=None, description="Plain text, paragraphs split by blank lines.")
    html: str | None = Field(default=None, description="Counts before `text`. It is sanitised.")
    authors: tuple[Label, ...] = Field(default=(), max_length=LISTED)
    categories: tuple[Label, ...] = Field(default=(), max_length=LISTED)
    language: str | None = Field(default=None, min_length=1, max_length=LANGUAGE)
    image: WebAddress | None = None
    enclosures: tuple[NewEnclosure, ...] = Field(default=(), max_length=LISTED)
    published: DateText | None = Field(default=None, description="A date of any form that feeds use.")
    updated: DateText | None = Field(default=None, description="Likewise.")
    source: Publisher | None = Field(default=None, description="Without one the publisher is the host of the URL.")


class Submitted(BaseModel):
    """The article's id. It can be read under `links` as soon as ingest has published it."""

    id: UUID
    links: ArticleLinks


def submission_routes(commands: Commands, clock: Callable[[], datetime]) -> APIRouter:
    routes = APIRouter(tags=["articles"], dependencies=[Depends(refuse_parameters)], route_class=bounded(MOST_BYTES))

    @routes.post("/v1/articles", response_model=Submitted, status_code=HTTPStatus.ACCEPTED)
    async def submit_article(
        new: NewArticle,
        idempotency_key: Annotated[str | None, Header(description=_KEY, json_schema_extra=_WITH_QUOTES)] = None,
    ) -> Response:
        """Publish an article that stands in no feed, or a revision of it. At most 1 MB."""
        submission = _submission(new, _one_key(new.key, idempotency_key))
        await commands.submit_article(submission, clock())
        address = f"/v1/articles/{submission.id}"
        links = ArticleLinks(self=address, page=f"/articles/{submission.id}")
        document = Json(Submitted(id=submission.id, links=links).model_dump_json())
        return json_answer(document, HTTPStatus.ACCEPTED, {"Location": address})

    return routes


def _one_key(key: str | None, header: str | None) -> str | None:
    """Body or header may have it. Some clients write the header in quotes, as a draft of the IETF has it."""
    if header is None:
        return key
    if len(header) > 1 and header[0] == header[-1] == '"':
        header = header[1:-1]
    if not one_line(header) or len(header) > 500:
        raise _bad("Idempotency-Key", "must have 1 to 500 characters")
    if key is not None and key != header:
        raise _bad("Idempotency-Key", "is another than the `key` of the body; send one of the two")
    return header


def _submission(new: NewArticle, key: str | None) -> Submission:
    name = new.source.name if new.source else None
    try:
        subject = submission_id(new.url, key, name)
    except ValueError as error:
        raise _bad("url", str(error)) from None
    return Submission(
        **new.model_dump(exclude={"source", "key", "enclosures"}),
        id=subject,
        key=key,
        source=name,
        enclosures=tuple(Enclosure(**file.model_dump()) for file in new.enclosures),
    )


def _bad(name: str, what: str) -> Problem:
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "bad-body", f"{name}: {what}", parameter=name)
