"""`dateline story`: an editor's word on stories. It is kept over whatever the wire thinks later."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.options import ApiUrl
from services.cli.trouble import Trouble

if TYPE_CHECKING:
    from services.cli.api_client import Api

story = typer.Typer(no_args_is_help=True, help="Merge, split and rename stories, and pin articles to them.")

Story = Annotated[str, typer.Argument(metavar="STORY", help="The story's id.")]


@story.command()
def merge(
    one: Story,
    into: Annotated[str, typer.Option("--into", metavar="STORY", help="The story that it is the same as.")],
    api: ApiUrl = "http://127.0.0.1:8000",
) -> None:
    """Make two stories one. The id of the first leads to the second for ever."""
    _ask(api, "POST", f"/v1/stories/{_id(one)}/merge", {"into": _id(into)})


@story.command()
def split(
    one: Story,
    articles: Annotated[list[str], typer.Argument(metavar="ARTICLE...", help="The ids of those to be taken out.")],
    api: ApiUrl = "http://127.0.0.1:8000",
) -> None:
    """Take articles out of a story. They become one of their own."""
    _ask(api, "POST", f"/v1/stories/{_id(one)}/split", {"articles": [_id(article) for article in articles]})


@story.command()
def pin(
    article: Annotated[str, typer.Argument(metavar="ARTICLE", help="The article's id.")],
    to: Annotated[str, typer.Option("--to", metavar="STORY", help="The story that it belongs to.")],
    api: ApiUrl = "http://127.0.0.1:8000",
) -> None:
    """Make an article belong to a story, now and in future."""
    _ask(api, "POST", f"/v1/stories/{_id(to)}/pin", {"article": _id(article)})


@story.command()
def rename(
    one: Story,
    title: Annotated[str | None, typer.Argument(metavar="[TITLE]", help="What it is called from now on.")] = None,
    automatic: Annotated[
        bool, typer.Option("--automatic", help="Let the wire choose among its headlines again.")
    ] = False,
    api: ApiUrl = "http://127.0.0.1:8000",
) -> None:
    """Call a story something better than any of its headlines."""
    if automatic == (title is not None):
        raise Trouble("give either a title or --automatic.")
    _ask(api, "PATCH", f"/v1/stories/{_id(one)}", {"title": title})


def _ask(api: str, method: str, path: str, body: dict[str, Any]) -> None:
    """Prints where the outcome can be read: enrich does it, a moment later."""
    from services.cli.api_client import Api

    with Api(api) as client:
        asked = client.json(method, path, body=body)
        print(f"asked to {asked['asked']}; look at {_address(client, asked['look'])}")


def _address(client: "Api", path: str) -> str:
    return client.url + path


def _id(given: str) -> str:
    """The id in what was given, which may be the address of a story or an article."""
    from uuid import UUID

    try:
        return str(UUID(given.rstrip("/").rpartition("/")[2]))
    except ValueError:
        raise Trouble(f"{given!r} is no id. `/v1/stories` and `/v1/articles` of the API list them.") from None
