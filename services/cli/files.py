"""`dateline parse` and `dateline enrich`: what ingest and enrich make of files. Neither needs a broker."""

import asyncio
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from services.ingest.offline import Parse

_ERROR = '{"error":'


class Unreadable(Exception):
    """The file cannot be opened; says why."""


def parse(
    files: Annotated[list[Path], typer.Argument(help="Feeds: RSS, Atom or JSON Feed. `-` is standard input.")],
) -> None:
    """Print what ingest would publish of each feed file, one JSON object a line.

    A file that cannot be read gives {"error": {"file", "reason"}} and, at the end, status 1.
    """
    from services.ingest.offline import parse_lines
    from services.wire.process import utc_now

    failed = False
    with _parser() as parse_bounded:
        for file in files:
            path = Path("/dev/stdin") if str(file) == "-" else file
            failed |= _print_all(parse_lines(path, now=utc_now(), parse=parse_bounded))
    raise typer.Exit(1 if failed else 0)


def enrich(
    file: Annotated[Path, typer.Argument(help="Articles as JSON lines. `-` is standard input.")],
    explain: Annotated[bool, typer.Option("--explain", help="Print what each step saw, added, and why.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --explain: as JSON, one object a line.")] = False,
) -> None:
    """Print the enrichment of each article, in the same order. All fields of an article but `title` are optional.

    A bad line gives {"error": {"line", "reason"}} in its place and, at the end, status 1.
    """
    from services.enrich.assembly import load_pipeline
    from services.enrich.context import Memory
    from services.enrich.feed_dates import FeedDatesMemory, LocalStore
    from services.enrich.offline import enrich_lines, explain_lines
    from services.enrich.repeats.buckets import LocalBuckets
    from services.enrich.repeats.memory import RepeatMemory
    from services.wire.process import utc_now

    try:
        with lines_of(file) as lines:
            memories: list[Memory] = [FeedDatesMemory(LocalStore()), RepeatMemory(LocalBuckets())]
            given = lines, load_pipeline(), utc_now(), memories
            failed = _print_all(explain_lines(*given, as_json=as_json) if explain else enrich_lines(*given))
    except Unreadable as error:
        failed = _print_all([json.dumps({"error": {"file": str(file), "reason": str(error)}}, ensure_ascii=False)])
    raise typer.Exit(1 if failed else 0)


@contextmanager
def _parser() -> Iterator["Parse"]:
    """As ingest parses: in a child process that is given up on after a while, so that no file can hang the command."""
    from services.ingest.outcomes import Fetched
    from services.ingest.parsers import Parsers

    with asyncio.Runner() as runner:
        parsers = Parsers(count=1)
        try:
            yield lambda body, url: runner.run(parsers.parse(Fetched(body, url)))
        finally:
            runner.run(parsers.close())


def _print_all(lines: Iterable[str]) -> bool:
    """True when there was an error object among them."""
    failed = False
    for line in lines:
        failed |= line.startswith(_ERROR)
        sys.stdout.write(line + "\n")
    return failed


@contextmanager
def lines_of(file: Path) -> Iterator[Iterable[str]]:
    if str(file) == "-":
        sys.stdin.reconfigure(encoding="utf-8", errors="replace", newline="\n")  # type: ignore[union-attr] # a TextIOWrapper here
        yield sys.stdin
        return
    try:
        opened = file.open(encoding="utf-8", errors="replace", newline="\n")
    except OSError as error:
        raise Unreadable(f"it cannot be read: {error.strerror}") from error
    with opened:
        yield opened
