"""`dateline feeds edit`, and the options that it shares with `feeds add`: what a feed's owner can choose."""

from typing import Annotated, Any

import typer

from services.cli.options import ApiUrl
from services.cli.trouble import Trouble

Title = Annotated[str | None, typer.Option("--title", help="Your own name for the feed.")]
Tag = Annotated[list[str] | None, typer.Option("--tag", help="A tag for all its articles (repeatable).")]
FullText = Annotated[bool | None, typer.Option("--full-text/--no-full-text", help="Read its articles' pages, or not.")]
PollMin = Annotated[float | None, typer.Option("--poll-min", help="Its shortest wait between polls, in seconds.")]
PollMax = Annotated[float | None, typer.Option("--poll-max", help="Its longest wait between polls, in seconds.")]
_CLEARS: dict[str, tuple[str, object]] = {
    "title": ("title", None),
    "tags": ("tags", []),
    "poll-min": ("poll_min_s", None),
    "poll-max": ("poll_max_s", None),
}


def edit(
    what: Annotated[str, typer.Argument(metavar="URL|ID", help="The feed's address or id.")],
    title: Title = None,
    tag: Tag = None,
    full_text: FullText = None,
    poll_min: PollMin = None,
    poll_max: PollMax = None,
    no_title: Annotated[bool, typer.Option("--no-title", help="What the feed calls itself.")] = False,
    no_tags: Annotated[bool, typer.Option("--no-tags", help="No tags.")] = False,
    no_poll_min: Annotated[bool, typer.Option("--no-poll-min", help="The shortest wait of all feeds.")] = False,
    no_poll_max: Annotated[bool, typer.Option("--no-poll-max", help="The longest wait of all feeds.")] = False,
    api: ApiUrl = "http://127.0.0.1:8000",
) -> None:
    """Change a feed's title, its tags (those given are all it has then), or how it is read."""
    from services.cli.api_client import Api
    from services.cli.feeds import find_id

    changes = choices(title, tuple(tag or ()), full_text, poll_min, poll_max)
    given = {"title": no_title, "tags": no_tags, "poll-min": no_poll_min, "poll-max": no_poll_max}
    for option in (option for option, is_given in given.items() if is_given):
        name, cleared = _CLEARS[option]
        if name in changes:
            raise Trouble(f"--no-{option} takes away what another option gives; leave one of the two out.")
        changes[name] = cleared
    if not changes:
        raise Trouble("nothing to change; `dateline feeds edit --help` shows what can be.")
    with Api(api) as client:
        feed = client.json("PATCH", f"/v1/feeds/{find_id(client, what)}", body=changes)
        print(f"edited {feed['url']}")


def choices(
    title: str | None, tags: tuple[str, ...], full_text: bool | None, poll_min: float | None, poll_max: float | None
) -> dict[str, Any]:
    """What was given, as the API takes it."""
    every: dict[str, Any] = {"title": title, "tags": list(tags) or None, "full_text": full_text}
    every |= {"poll_min_s": poll_min, "poll_max_s": poll_max}
    return {name: value for name, value in every.items() if value is not None}
