"""A webhook: where to tell what a search finds, and how it goes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

State = Literal["active", "paused", "gone"]
"""Told of what is found; left alone by its owner; left alone because it answered 410 (Gone)."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a webhook has come: all up to `position` was delivered, or lies with the dead letters.

    `tries`, `first_try` and `next_try` are about the event after it, as far as it was tried; `streak` counts the tries
    that failed since the last that did not, and `why` says why the last one did.
    """

    position: str
    delivered: int = 0
    delivered_at: datetime | None = None
    tries: int = 0
    first_try: datetime | None = None
    next_try: datetime | None = None
    streak: int = 0
    why: str | None = None


@dataclass(frozen=True, slots=True)
class OldSecret:
    """One that was exchanged for another, and signs along until `ends`."""

    secret: str
    ends: datetime


@dataclass(frozen=True, slots=True)
class Webhook:
    """`types` are those of the live stream. Each edit by its owner is a new `edition`: what was under way for an
    earlier one counts no more. `old_secrets`: the latest first."""

    id: UUID
    search: UUID
    url: str
    secret: str
    types: tuple[str, ...]
    state: State
    made: datetime
    edition: int
    progress: Progress
    old_secrets: tuple[OldSecret, ...] = ()


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event that could not be delivered, and was set aside so that others could. `body` is what is sent again."""

    id: UUID
    webhook: UUID
    type: str
    subject: str | None
    position: str
    body: str
    died: datetime
    tries: int
    why: str
    retry: bool = False
