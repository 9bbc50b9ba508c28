"""`dateline stories`: which articles of a file are about one event. Needs no broker."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from services.cli.files import Unreadable, lines_of


def stories(
    file: Annotated[Path, typer.Argument(help="Articles as JSON lines. `-` is standard input.")],
    explain: Annotated[bool, typer.Option("--explain", help="Say why each article is in its story.")] = False,
) -> None:
    """Print {"id", "story"} for each article, in the same order, once all are read.

    All fields of an article but `title` are optional; the order of the lines is that of their arrival. A story's id is
    the id of the article that opened it. A bad line ends the command with status 2; what came before it is printed.
    """
    from services.enrich.assembly import load_pipeline
    from services.enrich.context import Memory
    from services.enrich.feed_dates import FeedDatesMemory, LocalStore
    from services.enrich.repeats.buckets import LocalBuckets
    from services.enrich.repeats.memory import RepeatMemory
    from services.enrich.stories.offline import BadLine, Library, Placed, explained, line_of, place
    from services.wire.process import utc_now

    memories: list[Memory] = [FeedDatesMemory(LocalStore()), RepeatMemory(LocalBuckets())]
    library, placed, trouble = Library(), list[Placed](), None
    try:
        with lines_of(file) as lines:
            for one in place(lines, load_pipeline(), utc_now(), memories, library):
                placed.append(one)
    except (BadLine, Unreadable) as error:
        trouble = f"{file}: {error}"
    for one in placed:
        sys.stdout.write((explained if explain else line_of)(one, library) + "\n")
    if trouble:
        print(f"dateline: {trouble}", file=sys.stderr)
        raise typer.Exit(2)
