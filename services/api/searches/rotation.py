"""A webhook's secret is exchanged for another. For a while the old one signs along, so that its receiver has time to
take the new one: each request has a signature with each, and whoever verifies is content with one that fits."""

from dataclasses import replace
from datetime import datetime, timedelta

from services.api.searches.store import TooMany
from services.api.searches.webhook import OldSecret, Webhook

MOST_OLD = 4
"""Old secrets that sign along: each is a signature more with every request."""


def rotated(webhook: Webhook, secret: str, now: datetime, overlap: timedelta) -> Webhook:
    """The webhook with `secret`. No other secret signs for longer than `overlap` from now on, also none that was
    exchanged before. With the secret that it has already, it stays that; so it may be asked for twice.

    Raises `TooMany` where there are `MOST_OLD` that still sign along.
    """
    latest = now + overlap
    before = (OldSecret(webhook.secret, latest), *webhook.old_secrets)
    kept = (replace(old, ends=min(old.ends, latest)) for old in before if old.secret != secret)
    old_secrets = tuple(old for old in kept if old.ends > now)
    if len(old_secrets) > MOST_OLD:
        raise TooMany(f"{MOST_OLD} old secrets sign along already; wait, or give a shorter overlap_s (0: they end now)")
    return replace(webhook, secret=secret, old_secrets=old_secrets)


def secrets_at(webhook: Webhook, now: datetime) -> tuple[str, ...]:
    """With which to sign: the newest first."""
    return webhook.secret, *(old.secret for old in webhook.old_secrets if old.ends > now)


def overlap_ends(webhook: Webhook, now: datetime) -> datetime | None:
    """From when on nothing but the newest secret signs; None where that is so."""
    return max((old.ends for old in webhook.old_secrets if old.ends > now), default=None)
