"""Which feeds a run reads: the user's list, or the sample publisher's, and never the latter against the user's will."""

from datetime import datetime
from pathlib import Path

import httpx

from services.cli.embedded.plan import SAMPLE_OPML, Plan
from services.cli.sample.addresses import Addresses
from services.cli.sample.ping import feed_urls
from services.cli.sample.residence import (
    DEFAULT_PORT,
    Residence,
    ResidenceUnreadable,
    leave,
    read_residence,
    settle,
)
from services.cli.sample.script import load_script
from services.cli.trouble import Trouble
from services.contracts.identity import feed_id
from services.contracts.opml import Outline, write_opml


def sample_port(data: Path, wanted: int | None) -> int | None:
    """The port of the sample publisher, or None where it is not to run.

    It runs in a fresh data directory and in one that it lives in. A directory begun with an OPML stays without.
    Raises `Trouble` when it lives on another port than wanted: its articles' addresses name that port.
    """
    try:
        residence = read_residence(data)
    except ResidenceUnreadable as error:
        raise Trouble(f"{error}.") from error
    if residence is None:
        fresh = not (data / "redis").exists() and not (data / "dateline.db").exists()
        return (wanted or DEFAULT_PORT) if fresh else None
    if wanted not in (None, residence.port):
        raise Trouble(
            f"the sample feeds of {data} live on port {residence.port}, and their articles link there. "
            f"Leave --sample-port out, or choose another directory with --data."
        )
    return residence.port


def move_in(data: Path, port: int, now: datetime) -> Residence:
    """Begin or go on with the sample publisher's life in `data`, and write its feed list."""
    residence = read_residence(data) or settle(data, port, now)
    at = Addresses(residence.port)
    outlines = (
        Outline(at.feed(paper.slug, feed.path), feed.title, at.site(paper.slug))
        for paper in load_script()
        for feed in paper.feeds
    )
    (data / SAMPLE_OPML).write_text(write_opml(outlines, title="Sample feeds"), encoding="utf-8")
    return residence


def retire_sample(plan: Plan) -> None:
    """Where the user's own list takes the sample feeds' place: stop polling those. Their articles stay."""
    if plan.opml is None:
        return
    try:
        residence = read_residence(plan.data)
        if residence is not None:
            _remove_feeds(plan, Addresses(residence.port))
            leave(plan.data)
    except ResidenceUnreadable:
        leave(plan.data)
    except httpx.HTTPError:
        return  # the next start tries again


def _remove_feeds(plan: Plan, at: Addresses) -> None:
    headers = {"Authorization": f"Bearer {plan.admin_key}"} if plan.admin_key else {}
    with httpx.Client(base_url=plan.api_url, timeout=5, trust_env=False, headers=headers) as client:
        for urls in feed_urls(load_script(), at).values():
            for url in urls:
                client.delete(f"/v1/feeds/{feed_id(url)}")
