"""`dateline headlines`: the newest, as text or JSON."""

import json
import sys
from typing import Annotated

import typer

from services.cli.options import ApiUrl, AsJson, Lang, SourceId, Tags


def headlines(
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many at most.")] = 20,
    tag: Tags = None,
    source: SourceId = None,
    lang: Lang = None,
    q: Annotated[str | None, typer.Option("--q", help="Only with these words.")] = None,
    as_json: AsJson = False,
    api: ApiUrl = "http://127.0.0.1:8000",
) -> None:
    """Print the latest headlines with their ages."""
    from services.cli.api_client import Api

    parameters = {"limit": limit, "tag": tag, "source": source, "lang": lang, "q": q}
    with Api(api) as client:
        if as_json:
            print(json.dumps(client.json("GET", "/v1/headlines", parameters=parameters), ensure_ascii=False, indent=2))
        else:
            lines = client.text("/v1/headlines", parameters)
            sys.stdout.write(lines)
            if not lines:
                print("no headlines", file=sys.stderr)
