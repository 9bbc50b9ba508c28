"""`dateline quarantine`: events that could not be processed; looked at, put back, dropped."""

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from textwrap import shorten
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.options import ApiUrl, AsJson
from services.cli.trouble import Trouble

if TYPE_CHECKING:
    from services.cli.api_client import Api

quarantine = typer.Typer(no_args_is_help=True, help="Events that could not be processed.")

_PATH = "/v1/quarantine"
_WIDTH = 160
Event = Mapping[str, Any]
EventIds = Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Ids, as `list` shows them.")]
OfStream = Annotated[
    str | None, typer.Option("--stream", help="Those of this stream: articles, enrichments, feeds or commands.")
]
OfReason = Annotated[str | None, typer.Option("--reason", help="Those with this in the reason.")]
OfAll = Annotated[bool, typer.Option("--all", help="All of them.")]


@quarantine.command(name="list")
def list_events(
    stream: OfStream = None,
    reason: OfReason = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many at most.")] = 50,
    as_json: AsJson = False,
    api: ApiUrl = "http://127.0.0.1:8000",
) -> None:
    """List them, the latest first, each with its id, where it came from and why it is there."""
    from services.cli.api_client import Api

    with Api(api) as client:
        found = list(islice(_every(client, {"stream": stream, "reason": reason, "limit": min(limit, 500)}), limit))
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    elif found:
        for event in found:
            print(_line(event))
    else:
        print("nothing is in quarantine" if stream is reason is None else "nothing of this is in quarantine")


@quarantine.command()
def show(
    subject: Annotated[str, typer.Argument(metavar="ID", help="As `list` shows it.")],
    as_json: AsJson = False,
    api: ApiUrl = "http://127.0.0.1:8000",
) -> None:
    """Show one whole: the reason, where in the code it came up, and the event as it stood in its stream."""
    from services.cli.api_client import Api

    with Api(api) as client:
        event: Event = client.json("GET", f"{_PATH}/{subject}")
    print(json.dumps(event, ensure_ascii=False, indent=2) if as_json else _whole(event))


@quarantine.command()
def retry(
    subjects: EventIds = None,
    everything: OfAll = False,
    stream: OfStream = None,
    reason: OfReason = None,
    api: ApiUrl = "http://127.0.0.1:8000",
) -> None:
    """Put events back to the streams that they came from, once each. What fails again comes back, with its count."""
    from services.cli.api_client import Api

    _check(subjects, everything, stream, reason)
    with Api(api) as client:
        if subjects:
            for subject in subjects:
                done = client.json("POST", f"{_PATH}/{subject}/retry")
                print(f"put back to {done['stream']} as {done['entry']}")
            return
        parameters = {"stream": stream, "reason": reason, "all": "true" if everything else None}
        print(f"{client.json('POST', _PATH, parameters=parameters)['events']} put back")


@quarantine.command()
def drop(
    subjects: EventIds = None,
    everything: OfAll = False,
    stream: OfStream = None,
    reason: OfReason = None,
    api: ApiUrl = "http://127.0.0.1:8000",
) -> None:
    """Forget events for ever."""
    from services.cli.api_client import Api

    _check(subjects, everything, stream, reason)
    with Api(api) as client:
        if subjects:
            for subject in subjects:
                client.json("DELETE", f"{_PATH}/{subject}")
                print(f"dropped {subject}")
            return
        parameters = {"stream": stream, "reason": reason, "all": "true" if everything else None}
        print(f"{client.json('DELETE', _PATH, parameters=parameters)['events']} dropped")


def _check(subjects: list[str] | None, everything: bool, stream: str | None, reason: str | None) -> None:
    """Nothing is done to all by accident."""
    chosen = everything or stream is not None or reason is not None
    if bool(subjects) == chosen:
        raise Trouble("say which events: their ids, or --all, or --stream and --reason; `list` shows what there is.")


def _every(client: "Api", parameters: Mapping[str, str | int | None]) -> Iterator[Event]:
    """Of all pages."""
    while True:
        page = client.json("GET", _PATH, parameters=parameters)
        yield from page["events"]
        if page["next"] is None:
            return
        parameters = {**parameters, "before": page["events"][-1]["id"]}


def _line(event: Event) -> str:
    again = f", put back {event['retries']}x before" if event["retries"] else ""
    came = f"{event['stream']} {event['entry']} for {event['group']}, {event['deliveries']} deliveries{again}"
    return f"{event['id']}  {event['at'][:19]}Z  {came}\n    {shorten(event['why'], _WIDTH, placeholder='…')}"


def _whole(event: Event) -> str:
    places = [f"    at {place}" for place in event["error"]["at"]] if event["error"] else []
    original = event["original"] if event["encoding"] == "utf-8" else f"(base64) {event['original']}"
    return "\n".join([_line(event), *([event["why"]] if len(event["why"]) > _WIDTH else []), *places, original])
