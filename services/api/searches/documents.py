"""Saved searches and webhooks as readers of the API get them."""

from datetime import datetime
from typing import Literal
from urllib.parse import urlencode
from uuid import UUID

from pydantic import Field

from services.api.readmodel.documents import Document
from services.api.searches.rotation import overlap_ends
from services.api.searches.search import Broken, SavedSearch, question
from services.api.searches.webhook import DeadLetter, State, Webhook
from services.contracts.base import Instant


class SearchLinks(Document):
    self: str
    articles: str = Field(description="What it finds as a listing.")
    page: str = Field(description="The same as a page for people.")
    rss: str
    atom: str
    json_feed: str
    stream: str = Field(description="Server-sent events.")
    webhooks: str


class BrokenSearch(Document):
    """Why a search cannot be asked; `at` is the place in its query, in characters from 0."""

    detail: str
    at: int | None


class SearchState(Document):
    """A saved search. `broken` is null where it can be asked, as it nearly always can."""

    id: UUID
    name: str
    q: str
    fold: str | None
    limit: int = Field(description="How many entries its feeds have.")
    made: Instant
    changed: Instant
    broken: BrokenSearch | None
    links: SearchLinks


class WebhookLinks(Document):
    self: str
    replay: str
    secret: str = Field(description="Where to have another secret made.")
    dead_letters: str


class WebhookState(Document):
    """A webhook and how it goes. What is told lies behind `position`; `next_try` is null where nothing has to wait."""

    id: UUID
    search: UUID
    url: str
    types: tuple[str, ...] = Field(description="Of the live stream's events, those that it is told.")
    state: State = Field(description="`gone`: it answered 410, and is told nothing until its owner says so.")
    made: Instant
    position: str = Field(description="All up to here was delivered, or lies with the dead letters.")
    delivered: int
    delivered_at: Instant | None
    tries: int = Field(description="How often the next event was tried in vain.")
    next_try: Instant | None
    why: str | None = Field(description="Why the last try failed; null where it did not.")
    dead_letters: int
    old_secret_until: Instant | None = Field(
        description="Until when requests are also signed with what was its secret before; null where they are not."
    )
    links: WebhookLinks


class WebhookMade(WebhookState):
    """A webhook with its new secret, which is shown this once."""

    secret: str = Field(description="For verifying signatures, as https://www.standardwebhooks.com has it.")


class DeadLetterState(Document):
    """An event that could not be delivered. `event` is the CloudEvents document that was sent, as text."""

    id: UUID
    type: str
    subject: str | None
    position: str
    died: Instant
    tries: int
    why: str
    state: Literal["dead", "retrying"]
    event: str


def search_state(search: SavedSearch) -> SearchState:
    asked = question(search)
    broken = BrokenSearch(detail=asked.detail, at=asked.at) if isinstance(asked, Broken) else None
    path = f"/v1/searches/{search.id}"
    query = urlencode({"q": search.q} | ({"fold": search.fold} if search.fold else {}))
    return SearchState(
        id=search.id,
        name=search.name,
        q=search.q,
        fold=search.fold,
        limit=search.limit,
        made=search.made,
        changed=search.changed,
        broken=broken,
        links=SearchLinks(
            self=path,
            articles=f"/v1/articles?{query}",
            page=f"/?{query}",
            rss=f"{path}/feed.rss",
            atom=f"{path}/feed.atom",
            json_feed=f"{path}/feed.json",
            stream=f"{path}/stream",
            webhooks=f"{path}/webhooks",
        ),
    )


def webhook_state(webhook: Webhook, dead_letters: int, now: datetime) -> WebhookState:
    path, progress = f"/v1/searches/{webhook.search}/webhooks/{webhook.id}", webhook.progress
    return WebhookState(
        id=webhook.id,
        search=webhook.search,
        url=webhook.url,
        types=webhook.types,
        state=webhook.state,
        made=webhook.made,
        position=progress.position,
        delivered=progress.delivered,
        delivered_at=progress.delivered_at,
        tries=progress.tries,
        next_try=progress.next_try,
        why=progress.why,
        dead_letters=dead_letters,
        old_secret_until=overlap_ends(webhook, now),
        links=WebhookLinks(
            self=path, replay=f"{path}/replay", secret=f"{path}/secret", dead_letters=f"{path}/dead-letters"
        ),
    )


def letter_state(letter: DeadLetter) -> DeadLetterState:
    return DeadLetterState(
        id=letter.id,
        type=letter.type,
        subject=letter.subject,
        position=letter.position,
        died=letter.died,
        tries=letter.tries,
        why=letter.why,
        state="retrying" if letter.retry else "dead",
        event=letter.body,
    )
