"""`dateline feeds check`: a dry run. Reads a feed, or finds a page's feeds, as ingest would, and says what it found."""

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from services.ingest.fetch import Fetcher
    from services.ingest.parse import ParsedFeed
    from services.ingest.parsers import Parsers


def check(urls: Annotated[list[str], typer.Argument(metavar="URL…", help="Addresses of feeds or pages.")]) -> None:
    """Fetch and read feeds without adding them; of a web page, say which feeds it has. Status 1 when there is none.

    DATELINE_ALLOW_HOSTS and the other settings of ingest hold here too.
    """
    raise typer.Exit(asyncio.run(_check_all(urls)))


async def _check_all(urls: list[str]) -> int:
    from services.ingest.app import new_fetcher
    from services.ingest.parsers import Parsers
    from services.ingest.settings import IngestSettings
    from services.wire.process import read_settings

    failed = False
    async with new_fetcher(read_settings(IngestSettings)) as fetcher, Parsers(count=1) as parsers:
        for url in urls:
            found, text = await _check_one(fetcher, parsers, url)
            failed |= not found
            print(f"{url}\n{text}")
    return int(failed)


async def _check_one(fetcher: "Fetcher", parsers: "Parsers", url: str) -> tuple[bool, str]:
    from services.cli.discovery import describe
    from services.ingest.discover import discover
    from services.ingest.outcomes import Failed, NotModified
    from services.ingest.page_links import is_page
    from services.ingest.parse import NotAFeed

    outcome = await fetcher.fetch(url)
    if isinstance(outcome, NotModified):
        return False, "  error     the server answered 304 Not Modified to a question without conditions"
    if isinstance(outcome, Failed):
        return False, f"  error     {outcome.reason}"
    try:
        feed = await parsers.parse(outcome)
    except NotAFeed as error:
        if not is_page(outcome.body):
            return False, f"  error     {error.reason}"
        discovery = await discover(outcome, fetcher, parsers.parse)
        return discovery.chosen is not None, describe(discovery)
    return True, report(feed, outcome.moved_to)


def report(feed: "ParsedFeed", moved_to: str | None = None) -> str:
    """What a feed holds, a fact a line. The newest entry is by the feed's own order: its dates are not read here."""
    facts = [
        ("title", feed.title or "(none)"),
        ("format", feed.format),
        ("site", feed.site or "(none)"),
        ("entries", str(len(feed.entries))),
    ]
    if feed.entries:
        newest = feed.entries[0]
        date = newest.published or newest.updated or "no date"
        facts.append(("first", f"{newest.title or '(no title)'} ({date})"))
    if moved_to:
        facts.append(("moved", f"for good to {moved_to}; add that address instead"))
    problems = [*feed.problems, *_gaps(feed)]
    return "\n".join(
        f"  {name:<9} {value}" for name, value in [*facts, *(("problem", problem) for problem in problems)]
    )


def _gaps(feed: "ParsedFeed") -> list[str]:
    """What readers will miss, counted."""
    missing = {
        "no date": sum(not (entry.published or entry.updated) for entry in feed.entries),
        "no link": sum(not entry.url for entry in feed.entries),
        "no title": sum(not entry.title for entry in feed.entries),
    }
    gaps = [f"{count} of {len(feed.entries)} entries have {what}" for what, count in missing.items() if count]
    return gaps if feed.entries else ["it has no entries"]
