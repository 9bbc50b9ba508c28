"""`dateline searches`: queries that the API keeps, and has as feeds, streams and webhooks."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from services.cli.options import ApiUrl, AsJson
from services.cli.trouble import Trouble

if TYPE_CHECKING:
    from services.cli.api_client import Api

searches = typer.Typer(no_args_is_help=True, help="Save searches, list and remove them.")


@searches.command()
def add(
    name: Annotated[str, typer.Argument(help="What to call it, and its feeds.")],
    query: Annotated[str, typer.Argument(help="What to search for, such as 'tag:weather -intitle:brief'.")],
    fold: Annotated[str | None, typer.Option("--fold", help="Leave out repeats: `repeats`.")] = None,
    limit: Annotated[int | None, typer.Option("--limit", help="How many entries its feeds have. [default: 50]")] = None,
    api: ApiUrl = "http://127.0.0.1:8000",
) -> None:
    """Save a search, and print the address of its feed."""
    from services.cli.api_client import Api, given

    with Api(api) as client:
        body = {"name": name, "q": query} | given({"fold": fold, "limit": limit})
        made = client.json("POST", "/v1/searches", body=body)
        print(f"saved {made['name']}: {client.url}{made['links']['atom']}")


@searches.command(name="list")
def list_searches(
    as_json: AsJson = False,
    opml: Annotated[bool, typer.Option("--opml", help="An OPML list, for any reader of feeds.")] = False,
    api: ApiUrl = "http://127.0.0.1:8000",
) -> None:
    """List the saved searches with their feeds; of one that is broken, why."""
    from services.cli.api_client import Api

    with Api(api) as client:
        if opml:
            print(client.text("/v1/searches.opml", {}), end="")
            return
        found: list[dict[str, Any]] = client.json("GET", "/v1/searches")["searches"]
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    elif found:
        for search in found:
            print(_lines(search, api.rstrip("/")))
    else:
        print("no saved searches yet; save one: dateline searches add NAME QUERY")


@searches.command()
def remove(
    what: Annotated[str, typer.Argument(metavar="NAME|ID", help="Its name or id.")],
    api: ApiUrl = "http://127.0.0.1:8000",
) -> None:
    """Remove a saved search, with its webhooks and their dead letters."""
    from services.cli.api_client import Api

    with Api(api) as client:
        search = _find(client, what)
        client.json("DELETE", f"/v1/searches/{search['id']}")
        print(f"removed {search['name']}")


def _find(client: "Api", what: str) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = client.json("GET", f"/v1/searches/{UUID(what)}")
        return found
    except ValueError:
        pass
    named = [search for search in client.json("GET", "/v1/searches")["searches"] if search["name"] == what]
    if not named:
        raise Trouble(f"there is no saved search {what!r}. `dateline searches list` shows those that are.")
    if len(named) > 1:
        ids = ", ".join(search["id"] for search in named)
        raise Trouble(f"{len(named)} saved searches are called {what!r}; name one by its id: {ids}.")
    return dict(named[0])


def _lines(search: Mapping[str, Any], api: str) -> str:
    head = f"{search['name']}  ({search['q']})\n    {api}{search['links']['atom']}"
    return f"{head}\n    broken: {search['broken']['detail']}" if search["broken"] else head
