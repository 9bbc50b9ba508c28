"""`dateline feeds`: which feeds are read, and what became of them."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from services.cli.check import check
from services.cli.feed_choices import FullText, PollMax, PollMin, Tag, Title, choices, edit
from services.cli.options import ApiUrl, AsJson
from services.cli.trouble import Trouble

if TYPE_CHECKING:
    from services.cli.api_client import Api
    from services.contracts.opml import Outline

feeds = typer.Typer(no_args_is_help=True, help="Add, edit, remove, list and check feeds.")
feeds.command()(check)
feeds.command()(edit)


@feeds.command()
def add(
    what: Annotated[str, typer.Argument(metavar="URL|FILE", help="The address of a feed or a site, or an OPML file.")],
    title: Title = None,
    tag: Tag = None,
    full_text: FullText = None,
    poll_min: PollMin = None,
    poll_max: PollMax = None,
    as_it_is: Annotated[bool, typer.Option("--as-it-is", help="Do not look whether it is a web page.")] = False,
    api: ApiUrl = "http://127.0.0.1:8000",
) -> None:
    """Read a feed, or all feeds of an OPML list, from now on. Adding a known one edits it.

    Of a web page its main feed is found and added. A page that cannot be read from here is added as it is.
    """
    from services.cli.api_client import Api
    from services.contracts.opml import Outline

    tags = tuple(tag or ())
    if "://" in what:
        outlines = [Outline(what if as_it_is else _feed_of(what), title, None, tags)]
    elif not Path(what).exists():
        raise Trouble(f"{what} is neither a file nor a whole address; an address begins with http:// or https://.")
    elif title:
        raise Trouble("--title names one feed; leave it out to add a list.")
    else:
        outlines = [
            Outline(found.url, found.title, found.site, (*found.tags, *tags)) for found in read_list(Path(what))
        ]
    with Api(api) as client:
        for outline in outlines:
            _add(client, outline, choices(None, (), full_text, poll_min, poll_max))
    if len(outlines) > 1:
        print(f"{len(outlines)} feeds added")


@feeds.command()
def remove(
    what: Annotated[str, typer.Argument(metavar="URL|ID", help="The feed's address or id.")],
    api: ApiUrl = "http://127.0.0.1:8000",
) -> None:
    """Read a feed no more. Its articles stay."""
    from services.cli.api_client import Api

    with Api(api) as client:
        known = client.json("DELETE", f"/v1/feeds/{find_id(client, what)}")
        print(f"removed {known['url']}")


@feeds.command(name="list")
def list_feeds(
    as_json: AsJson = False,
    opml: Annotated[bool, typer.Option("--opml", help="An OPML list, to keep or to give away.")] = False,
    api: ApiUrl = "http://127.0.0.1:8000",
) -> None:
    """List the feeds with their state, and for those that fail the reason."""
    from services.cli.api_client import Api
    from services.contracts.opml import Outline, write_opml

    with Api(api) as client:
        found: list[dict[str, Any]] = client.json("GET", "/v1/feeds")["feeds"]
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    elif opml:
        outlines = (
            Outline(feed["url"], feed.get("title"), feed.get("site"), tuple(feed.get("tags") or ())) for feed in found
        )
        print(write_opml(outlines, title="Dateline"), end="")
    elif found:
        for feed in found:
            print(_line(feed))
    else:
        print("no feeds yet; add one: dateline feeds add URL")


def read_list(file: Path) -> "Sequence[Outline]":
    """The feeds of an OPML file. Raises `Trouble` that names the file, and the line where it is broken."""
    from services.contracts.opml import BadList, read_opml

    try:
        found = read_opml(file.read_bytes(), name=str(file))
    except OSError as error:
        raise Trouble(f"{file} cannot be read ({error.strerror}). Give the path of an OPML file.") from error
    except BadList as error:
        raise Trouble(f"{error}.") from error
    if not found:
        raise Trouble(f"{file} lists no feeds: none of its outlines has an xmlUrl that is an http or https address.")
    return found


def _add(client: "Api", outline: "Outline", further: Mapping[str, Any]) -> None:
    body = {"url": outline.url, "tags": list(outline.tags)} | ({"title": outline.title} if outline.title else {})
    feed = client.json("POST", "/v1/feeds", body=body | dict(further))
    print(f"added {feed['url']}  ({feed['id']})")


def _feed_of(url: str) -> str:
    """The address itself, unless there is a web page with a feed."""
    from services.cli.discovery import discover_at

    discovery = asyncio.run(discover_at(url))
    if discovery is None:
        return url
    if discovery.chosen is None:
        raise Trouble(f"{url}: {discovery.reason}. To add it all the same: --as-it-is.")
    print(f"found {discovery.chosen.url}: {discovery.reason}")
    return discovery.chosen.url


def find_id(client: "Api", what: str) -> str:
    """The id of a feed given by id or address; an address that the feed moved to counts as well."""
    try:
        return str(UUID(what))
    except ValueError:
        pass
    from services.contracts.identity import feed_id

    found = client.json("GET", "/v1/feeds")["feeds"]
    for feed in found:
        if what == feed["url"] or str(feed_id(what)) == feed["id"]:
            return str(feed["id"])
    raise Trouble(f"there is no feed {what}. `dateline feeds list` shows those that are.")


def _line(feed: Mapping[str, Any]) -> str:
    head = f"{feed['status']:<8}{feed.get('articles', 0):>6}  {feed.get('title') or '(no title yet)'}  {feed['url']}"
    return f"{head}\n{'':16}{feed['reason']}" if feed.get("reason") else head
