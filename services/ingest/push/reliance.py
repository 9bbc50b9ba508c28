"""How far a hub is relied upon. Polling goes on as a slow backup, and what it finds first tells of hubs that fail.

An article that a poll finds, though the hub had promised to deliver before the poll before it, is suspect. If no
delivery brings it within `GRACE`, it was missed. Each missed article raises the doubt by one, each believed delivery
takes half a point off; from `ENOUGH` doubt on, the feed is polled as if it had no hub. A hub that brings one of two
articles loses its credit therefore, and one that is mended wins it back.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from services.ingest.push.subscription import Subscription, Suspect

GRACE = timedelta(minutes=10)
STRETCH = 4.0
"""So much longer are the waits between polls while the hub is relied upon."""

ENOUGH, _MOST_DOUBT, _FORGIVEN = 3.0, 10.0, 0.5
_MOST_SUSPECTS = 50


def is_relied_upon(push: Subscription | None, now: datetime) -> bool:
    return push is not None and push.delivers(now) and push.doubt < ENOUGH


def after_polling(
    push: Subscription, new: Sequence[UUID], polled_before: datetime | None, now: datetime
) -> Subscription:
    """`new` are the articles that this poll published, `polled_before` is when the last one was."""
    settled = _settled(push, now)
    if not settled.delivers(now) or polled_before is None or polled_before < settled.since:
        return settled
    if settled.pinged_at and now - settled.pinged_at < GRACE:
        return settled  # the hub said that there is something, and this poll is the consequence
    suspects = (*settled.suspects, *(Suspect(id=article, at=now) for article in new))
    return settled.model_copy(update={"suspects": suspects[:_MOST_SUSPECTS]})


def after_delivery(push: Subscription, articles: Collection[UUID], now: datetime) -> Subscription:
    """`articles` are all that stood in the believed delivery."""
    cleared = tuple(suspect for suspect in push.suspects if suspect.id not in articles)
    settled = _settled(push.model_copy(update={"suspects": cleared}), now)
    doubt = max(0.0, settled.doubt - _FORGIVEN)
    return settled.model_copy(update={"received": push.received + 1, "doubt": doubt})


def stretched(wait: timedelta, longest_s: float) -> timedelta:
    """The wait for a poll that is only a backup; never shorter than it was."""
    return max(wait, min(wait * STRETCH, timedelta(seconds=longest_s)))


def _settled(push: Subscription, now: datetime) -> Subscription:
    """What has been suspect for too long was missed."""
    open_ = tuple(suspect for suspect in push.suspects if now - suspect.at < GRACE)
    missed = len(push.suspects) - len(open_)
    if not missed:
        return push
    doubt = min(_MOST_DOUBT, push.doubt + missed)
    return push.model_copy(update={"suspects": open_, "missed": push.missed + missed, "doubt": doubt})
