"""`dateline submit`: publishing articles that stand in no feed."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.options import ApiUrl
from services.cli.trouble import Trouble


def submit(
    file: Annotated[
        Path, typer.Argument(help="An article as a JSON object, or many, one a line. `-` is standard input.")
    ],
    api: ApiUrl = "http://127.0.0.1:8000",
) -> None:
    """Publish articles, and print the id of each. Sent again unchanged they are nothing, changed they are revisions.

    An article has a `title` and a `url` or `key`; /docs says what else. The first that is refused ends it.
    """
    from services.cli.api_client import Api

    with Api(api) as client:
        for place, article in _articles(file):
            try:
                print(client.json("POST", "/v1/articles", body=article)["id"], flush=True)
            except Trouble as trouble:
                raise Trouble(f"{place}: {trouble}") from None


def _articles(file: Path) -> Iterator[tuple[str, Any]]:
    """What is in the file, and where: one JSON object, else one a line."""
    name = "standard input" if str(file) == "-" else str(file)
    try:
        text = (sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()).decode("utf-8-sig")
    except OSError as error:
        raise Trouble(f"{name} cannot be read ({error.strerror}). Give the path of a JSON file, or -.") from error
    except UnicodeDecodeError as error:
        raise Trouble(f"{name} is not UTF-8 ({error.reason} at byte {error.start}).") from error
    try:
        whole = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    else:
        yield name, whole
        return
    if not lines:
        raise Trouble(f'{name} is empty. Write an article as JSON: {{"title": …, "url": …}}.')
    for number, line in lines:
        try:
            yield f"{name}, line {number}", json.loads(line)
        except (json.JSONDecodeError, RecursionError) as error:
            raise Trouble(f"{name}, line {number} is no JSON: {error}.") from None
