"""From the address of a web page to the address of its feed."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from services.ingest.choose import Candidate, choose, is_of_comments
from services.ingest.fetch import Fetcher
from services.ingest.outcomes import Failed, Fetched, NotModified
from services.ingest.page_links import Offer, offers
from services.ingest.parse import NotAFeed, ParsedFeed

_PATIENCE_S = 60.0
_MOST_OF_A_KIND = 12
_OUT_OF_REACH = frozenset(("address", "connection", "timeout", "tls"))


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found on a page. `candidates` were all asked for; `chosen` is None where none of them is a feed.

    `reason` says for a person why that one was chosen, or what to do where there is none.
    """

    page: str
    candidates: tuple[Candidate, ...]
    chosen: Candidate | None
    reason: str


async def discover(
    page: Fetched,
    fetcher: Fetcher,
    parse: Callable[[Fetched], Awaitable[ParsedFeed]],
    *,
    patience_s: float = _PATIENCE_S,
) -> Discovery:
    """Find the feeds of a web page, ask for each, and choose one. Raises nothing.

    What the page declares is read first; what it links to, only if that gives no feed of articles; well-known paths,
    only if that gives none either, up to the first that is one. At most 12 of a kind are asked for, one after the
    other, with the same fetcher and so the same limits as any feed, in `patience_s` seconds in all.
    """
    found: list[Candidate] = []
    with suppress(TimeoutError):
        async with asyncio.timeout(patience_s):
            offered = offers(page)
            for kind in ("declared", "linked", "guessed"):
                await _try([offer for offer in offered if offer.how == kind], found, fetcher, parse)
                if any(_is_good(candidate) for candidate in found):
                    break
    choice = choose(found, page=page.url)
    if choice.feed:
        return Discovery(page.url, tuple(found), choice.feed, choice.reason)
    advice = "this is an HTML page, and no feed was found on it or where sites usually keep one; give a feed's address"
    return Discovery(page.url, tuple(found), None, f"{advice} ({choice.reason})")


async def _try(
    offered: Sequence[Offer],
    found: list[Candidate],
    fetcher: Fetcher,
    parse: Callable[[Fetched], Awaitable[ParsedFeed]],
) -> None:
    """Ask for each, and add what is there to `found`; guesses only until one is right or nobody answers."""
    for offer in offered[:_MOST_OF_A_KIND]:
        outcome = await fetcher.fetch(offer.url)
        candidate = await _candidate(offer, outcome, parse)
        if candidate.problem or all(candidate.url != known.url for known in found if not known.problem):
            found.append(candidate)
        if offer.how == "guessed" and (_is_good(candidate) or _is_unwelcome(outcome)):
            return


async def _candidate(
    offer: Offer, outcome: Fetched | NotModified | Failed, parse: Callable[[Fetched], Awaitable[ParsedFeed]]
) -> Candidate:
    if isinstance(outcome, NotModified):
        return Candidate(
            offer.url, offer.how, offer.title, problem="the server answered 304 to an unconditional question"
        )
    if isinstance(outcome, Failed):
        return Candidate(offer.url, offer.how, offer.title, problem=outcome.reason)
    try:
        feed = await parse(outcome)
    except NotAFeed as error:
        return Candidate(offer.url, offer.how, offer.title, problem=error.reason)
    return Candidate(
        outcome.moved_to or offer.url, offer.how, feed.title or offer.title, feed.format, len(feed.entries)
    )


def _is_good(candidate: Candidate) -> bool:
    return candidate.problem is None and not is_of_comments(candidate)


def _is_unwelcome(outcome: Fetched | NotModified | Failed) -> bool:
    """Whether more guesses would only be a burden on the server."""
    return isinstance(outcome, Failed) and (outcome.kind in _OUT_OF_REACH or outcome.retry_after_s is not None)
