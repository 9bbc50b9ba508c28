"""What is agreed with a hub about one feed, and what to do about it next. Nothing here asks anyone.

asked ──▶ active ──▶ (renewed well before its end) ──▶ active …
  │ ╲         ╲
  ▼  ▼         ▼
failing  denied  ended      the first two are tried again, ever less often
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from services.contracts.base import Contract, Instant
from services.contracts.feeds import Push, PushStatus
from services.ingest.push.discovery import Offer

LEASE_S = 10 * 86_400.0
"""What is asked for; hubs give what they like."""

_SHORTEST_LEASE_S, _LONGEST_LEASE_S = 60.0, 30 * 86_400.0
_RENEW_AFTER = 0.7
_PATIENCE = timedelta(hours=1)  # for a hub that was asked to confirm
_FIRST_WAIT, _LONGEST_WAIT = timedelta(hours=1), timedelta(days=1)
_AFTER_DENIAL = timedelta(days=7)
_TRIES_A_HUB = 3


@dataclass(frozen=True, slots=True)
class Credentials:
    """Random. The token makes the callback's address unguessable, the secret signs deliveries."""

    token: str
    secret: str


class Suspect(Contract):
    """An article that a poll found `at` a moment and that the hub has not delivered so far."""

    id: UUID
    at: Instant


class Subscription(Contract):
    """Kept with the feed's state. `base` is what the callback's address begins with.

    `since` is when the present status began, `asked_at` when the hub was asked last, `until` when a confirmed lease
    ends and `lease_s` how long it was; before `next_ask_at` the hub is not asked again. `failures` in a row. `doubt`
    and `suspects`: see `reliance`. Deliveries of a `thin` one could not be read and only make the feed due, last at
    `pinged_at`.
    """

    base: str
    hub: str
    topic: str
    token: str
    secret: str
    status: PushStatus = "asked"
    reason: str | None = None
    since: Instant
    asked_at: Instant
    next_ask_at: Instant | None = None
    until: Instant | None = None
    lease_s: float = LEASE_S
    failures: int = 0
    thin: bool = False
    pinged_at: Instant | None = None
    received: int = 0
    refused: int = 0
    missed: int = 0
    doubt: float = 0.0
    suspects: tuple[Suspect, ...] = ()

    @property
    def shown(self) -> Push:
        """What others may know."""
        return Push(**self.model_dump(include=set(Push.model_fields)))

    @property
    def renew_at(self) -> datetime | None:
        """When the hub is to be asked to go on; None where it has not agreed to anything."""
        if self.until is None or self.status != "active":
            return None
        due = self.until - timedelta(seconds=self.lease_s * (1 - _RENEW_AFTER))
        return max(due, self.next_ask_at) if self.next_ask_at else due

    def delivers(self, now: datetime) -> bool:
        """Whether the hub has promised to deliver at `now`."""
        return self.status == "active" and self.until is not None and now < self.until


@dataclass(frozen=True, slots=True)
class Ask:
    """A request for a hub. `subscription` is of the moment at which it was decided."""

    mode: Literal["subscribe", "unsubscribe"]
    subscription: Subscription


@dataclass(frozen=True, slots=True)
class Next:
    """The subscription from now on, what to ask for that, and why."""

    subscription: Subscription | None
    asks: tuple[Ask, ...] = ()
    reason: str = "nothing to do"


def next_step(known: Subscription | None, offer: Offer, base: str | None, now: datetime, fresh: Credentials) -> Next:
    """`base` is None where hubs cannot reach us. `fresh` are used for a subscription that begins anew."""
    if base is None or not offer.hubs:
        return _without_hub(known, base, now)
    if known is None or known.status == "ended":
        begun = _new(offer.hubs[0], offer.topic, base, now, fresh)
        return Next(begun, (Ask("subscribe", begun),), f"the feed names the hub {begun.hub}")
    if known.hub not in offer.hubs or (known.topic, known.base) != (offer.topic, base):
        return _change_over(known, _new(offer.hubs[0], offer.topic, base, now, fresh), now)
    if known.status == "asked":
        return _wait_for_answer(known, now)
    if known.status == "active":
        return _keep_up(known, now)
    return _try_again(known, offer, now, fresh)


def confirmed(known: Subscription, lease_s: float | None, now: datetime) -> Subscription:
    """The hub made sure that we want this. It names the lease; one that does not gives what was asked for."""
    lease = min(max(lease_s or LEASE_S, _SHORTEST_LEASE_S), _LONGEST_LEASE_S)
    return known.model_copy(
        update={
            "status": "active",
            "reason": None,
            "since": known.since if known.status == "active" else now,
            "until": now + timedelta(seconds=lease),
            "lease_s": lease,
            "failures": 0,
            "next_ask_at": None,
            "thin": False,
        }
    )


def denied(known: Subscription, reason: str | None, now: datetime) -> Subscription:
    """The hub will not deliver, now or any more."""
    why = f"the hub denied the subscription: {reason}" if reason else "the hub denied the subscription and says not why"
    return _changed(known, "denied", why, now, until=None, next_ask_at=now + _AFTER_DENIAL)


def failed(known: Subscription, reason: str, now: datetime) -> Subscription:
    """The hub could not be asked, or did not take the request. A lease that still runs stays as it is."""
    wait = min(_FIRST_WAIT * 2 ** min(known.failures, 10), _LONGEST_WAIT)
    status: PushStatus = "active" if known.delivers(now) else "failing"
    update = {"failures": known.failures + 1, "next_ask_at": now + wait}
    return _changed(known, status, reason, now, **update)


def ended(known: Subscription, reason: str, now: datetime) -> Subscription:
    return _changed(known, "ended", reason, now, until=None, next_ask_at=None, suspects=())


def _new(hub: str, topic: str, base: str, now: datetime, fresh: Credentials) -> Subscription:
    return Subscription(
        base=base, hub=hub, topic=topic, token=fresh.token, secret=fresh.secret, since=now, asked_at=now
    )


def _without_hub(known: Subscription | None, base: str | None, now: datetime) -> Next:
    if known is None or known.status == "ended":
        return Next(known)
    why = "the feed names no hub any more" if base else "DATELINE_PUBLIC_URL is not set any more"
    return Next(ended(known, why, now), (Ask("unsubscribe", known),), why)


def _change_over(known: Subscription, begun: Subscription, now: datetime) -> Next:
    """Some publishers name themselves differently at each request; one change an hour is enough."""
    if now - known.asked_at < _PATIENCE:
        return Next(known, reason="the feed names another hub or topic, which is looked at later")
    return Next(
        begun, (Ask("unsubscribe", known), Ask("subscribe", begun)), "the feed names another hub or topic than before"
    )


def _wait_for_answer(known: Subscription, now: datetime) -> Next:
    if now - known.asked_at < _PATIENCE:
        return Next(known, reason="the hub has time to confirm")
    why = "the hub took the request but has not confirmed it within an hour"
    return Next(failed(known, why, now), reason=why)


def _try_again(known: Subscription, offer: Offer, now: datetime, fresh: Credentials) -> Next:
    """Of several hubs the next one has its turn after some failures."""
    if known.next_ask_at and now < known.next_ask_at:
        return Next(known, reason=f"{known.status}; the hub is asked again later")
    hub = known.hub
    if known.failures and known.failures % _TRIES_A_HUB == 0:
        hub = offer.hubs[(offer.hubs.index(known.hub) + 1) % len(offer.hubs)]
    again = known if hub == known.hub else _new(hub, offer.topic, known.base, now, fresh)
    asked = _asked(again, now).model_copy(update={"failures": known.failures})
    return Next(asked, (Ask("subscribe", asked),), f"asked again after {known.failures} failures")


def _keep_up(known: Subscription, now: datetime) -> Next:
    if known.renew_at is None or now < known.renew_at:
        return Next(known, reason="the lease runs")
    if known.delivers(now):
        renewed = known.model_copy(update={"asked_at": now, "next_ask_at": now + _FIRST_WAIT})
        return Next(renewed, (Ask("subscribe", renewed),), "the lease is to be renewed")
    lapsed = _asked(known, now).model_copy(update={"reason": "the lease ended; the hub was asked again"})
    return Next(lapsed, (Ask("subscribe", lapsed),), "the lease ended")


def _asked(known: Subscription, now: datetime) -> Subscription:
    return _changed(known, "asked", None, now, asked_at=now, until=None, next_ask_at=None)


def _changed(
    known: Subscription, status: PushStatus, reason: str | None, now: datetime, **fields: object
) -> Subscription:
    since = known.since if known.status == status else now
    return known.model_copy(update={"status": status, "reason": reason, "since": since, **fields})
