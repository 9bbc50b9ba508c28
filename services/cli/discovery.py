"""The feeds of a web page, found from this machine as ingest would find them."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from services.ingest.choose import Candidate
    from services.ingest.discover import Discovery


async def discover_at(url: str) -> "Discovery | None":
    """What is found on the page at `url`; None where there is no page that can be read from here."""
    from services.ingest.app import new_fetcher
    from services.ingest.discover import discover
    from services.ingest.outcomes import Fetched
    from services.ingest.page_links import is_page
    from services.ingest.parsers import Parsers
    from services.ingest.settings import IngestSettings
    from services.wire.process import read_settings

    async with new_fetcher(read_settings(IngestSettings)) as fetcher, Parsers(count=1) as parsers:
        outcome = await fetcher.fetch(url)
        if isinstance(outcome, Fetched) and is_page(outcome.body):
            return await discover(outcome, fetcher, parsers.parse)
    return None


def describe(discovery: "Discovery") -> str:
    """All that was asked for, an address a line, and what would be chosen."""
    lines = [_line(candidate) for candidate in discovery.candidates]
    if discovery.chosen:
        lines.append(f"  chosen    {discovery.chosen.url} ({discovery.reason})")
    else:
        lines.append(f"  error     {discovery.reason}")
    return "\n".join(lines)


def _line(candidate: "Candidate") -> str:
    if candidate.problem:
        return f"  no feed   {candidate.url} ({candidate.how}): {candidate.problem}"
    entries = f"{candidate.entries} {'entry' if candidate.entries == 1 else 'entries'}"
    about = f"{candidate.title or '(no title)'}, {candidate.format}, {entries}"
    return f"  feed      {candidate.url} ({candidate.how}): {about}"
