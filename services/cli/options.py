"""Options that several commands share."""

from typing import Annotated

import typer

ApiUrl = Annotated[str, typer.Option("--api", envvar="DATELINE_API", help="The HTTP API to talk to.")]
Tags = Annotated[list[str] | None, typer.Option("--tag", help="Only with this tag (all of them, if repeated).")]
SourceId = Annotated[str | None, typer.Option("--source", help="Only of this publisher, e.g. example.org.")]
Lang = Annotated[str | None, typer.Option("--lang", help="Only in this language, e.g. en.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of text.")]
