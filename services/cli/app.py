"""The `dateline` command."""

import sys
from collections.abc import Sequence
from importlib.metadata import version as installed_version
from io import TextIOWrapper
from typing import NoReturn

import typer

from services.cli.backup import backup, restore
from services.cli.feeds import feeds
from services.cli.files import enrich, parse
from services.cli.headlines import headlines
from services.cli.keys import keys
from services.cli.quarantine import quarantine
from services.cli.replay import replay
from services.cli.searches import searches
from services.cli.stories import stories
from services.cli.story import story
from services.cli.submit import submit
from services.cli.tags import tags
from services.cli.tail import tail
from services.cli.trouble import Trouble
from services.cli.up import up

app = typer.Typer(
    name="dateline",
    help="A news wire of your own: feeds in, merged and dated headlines out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(up)
app.add_typer(feeds, name="feeds")
app.add_typer(keys, name="keys")
app.add_typer(story, name="story")
app.add_typer(searches, name="searches")
app.add_typer(quarantine, name="quarantine")
app.add_typer(replay, name="replay")
app.add_typer(tags, name="tags")
app.command()(submit)
app.command()(headlines)
app.command()(tail)
app.command()(parse)
app.command()(enrich)
app.command()(stories)
app.command()(backup)
app.command()(restore)


@app.command()
def version() -> None:
    """Print the version."""
    print(f"dateline {installed_version('dateline')}")


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """The entry point of the script `dateline`. What goes wrong is one line on stderr and status 1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # headlines are in all languages, whatever the terminal's locale
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app(args=list(sys.argv[1:] if arguments is None else arguments))
    except Trouble as trouble:
        print(f"dateline: {trouble}", file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    main()
