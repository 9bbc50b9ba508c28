"""`dateline keys`: who may do what. It writes the file that the API reads, so it is run where the API runs."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.api.access.scopes import Scope
from services.cli.options import AsJson
from services.cli.trouble import Trouble

if TYPE_CHECKING:
    from datetime import datetime

    from services.api.access.keys import Key
    from services.api.access.store import KeyStore

keys = typer.Typer(no_args_is_help=True, help="Make, list and revoke keys of the API, on the machine where it runs.")

Data = Annotated[Path | None, typer.Option("--data", help="Where `dateline up` keeps everything, if not in ./var.")]


@keys.command()
def add(
    name: Annotated[str, typer.Argument(help="What it is for, to tell keys apart.")] = "",
    scope: Annotated[
        list[Scope] | None,
        typer.Option(
            "--scope", help="read, write (submit articles) or admin (everything); repeatable. [default: read]"
        ),
    ] = None,
    days: Annotated[float | None, typer.Option("--days", min=0.001, max=36_500, help="It ends after so long.")] = None,
    data: Data = None,
) -> None:
    """Make a key and print it. It is shown this once: only a digest of it is kept."""
    from services.api.access.keys import new_key
    from services.wire.process import utc_now

    now = utc_now()
    expires = now + timedelta(days=days) if days else None
    key, text = new_key(name, scope or [Scope.READ], now, expires)
    with _opened(data) as store:
        store.add(key, text)
    print(text)


@keys.command(name="list")
def list_keys(as_json: AsJson = False, data: Data = None) -> None:
    """List the keys: how each begins, its scopes and state, and when it was last used, to the hour."""
    from services.wire.process import utc_now

    with _opened(data) as store:
        found = store.every()
    now = utc_now()
    if as_json:
        print(json.dumps([_document(key, now) for key in found], ensure_ascii=False, indent=2))
    elif found:
        for key in found:
            print(_line(key, now))
    else:
        print("no keys yet; make one: dateline keys add NAME --scope admin")


@keys.command()
def revoke(
    key: Annotated[str, typer.Argument(metavar="KEY", help="Its beginning as `list` shows it, or all of it.")],
    data: Data = None,
) -> None:
    """End a key now. It cannot be made valid again."""
    from services.api.access.keys import PREFIX, id_of
    from services.wire.process import utc_now

    subject = id_of(key) or key.removeprefix(PREFIX)
    with _opened(data) as store:
        known = store.revoke(subject, utc_now())
    if known is None:
        raise Trouble(f"there is no key {PREFIX}{subject}. `dateline keys list` shows those that are.")
    print(f"revoked {known.shown}" if known.revoked is None else f"{known.shown} was revoked before")


@contextmanager
def _opened(data: Path | None) -> "Iterator[KeyStore]":
    from services.api.access.store import KeyStore, KeysUnusable
    from services.api.settings import ApiSettings
    from services.wire.process import read_settings

    path = data / "keys.db" if data else read_settings(ApiSettings).keys_file
    if not path.parent.is_dir():
        raise Trouble(
            f"there is no {path.parent}, so no API keeps its keys here. Run this where the API runs, or give --data."
        )
    try:
        with KeyStore(path) as store:
            yield store
    except KeysUnusable as error:
        raise Trouble(f"{error}.") from error


def _document(key: "Key", now: "datetime") -> dict[str, object]:
    times = {"made": key.made, "expires": key.expires, "revoked": key.revoked, "used": key.used}
    written = {name: moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None for name, moment in times.items()}
    return {"key": key.shown, "name": key.name, "scopes": sorted(key.scopes), "state": key.state(now), **written}


def _line(key: "Key", now: "datetime") -> str:
    used = f"used {key.used:%Y-%m-%d}" if key.used else "never used"
    ends = f", until {key.expires:%Y-%m-%d %H:%M}" if key.expires else ""
    return f"{key.shown}  {key.state(now):<7}  {'+'.join(sorted(key.scopes)):<10}  {used}{ends}  {key.name}".rstrip()
