"""`dateline tags check`: whether a rules file can be used, and what to do where it cannot."""

import sys
from pathlib import Path
from typing import Annotated

import typer

tags = typer.Typer(no_args_is_help=True, help="The rules that give, rename and forbid tags.")


@tags.callback()
def _tags() -> None:
    """So that `check` stays a command of its own beside none."""


@tags.command()
def check(file: Annotated[Path, typer.Argument(help="A rules file, as DATELINE_TAGS_FILE names.")]) -> None:
    """Read a rules file as enrich would, and say what is wrong with it: a fault a line, and status 2."""
    from services.enrich.rules_file import BrokenRules, load_rules

    try:
        rules = load_rules(file)
    except BrokenRules as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)
        raise typer.Exit(2) from None
    changes = rules.changes
    print(f"{file}: {len(rules.rules)} tags, {len(changes.renamed)} renamed, {len(changes.forbidden)} forbidden")
