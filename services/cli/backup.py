"""`dateline backup` and `dateline restore`: the API's files, copied while it serves. Run where the API runs."""

import sqlite3
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.trouble import Trouble

if TYPE_CHECKING:
    from services.api.settings import ApiSettings

Data = Annotated[Path | None, typer.Option("--data", help="Where `dateline up` keeps everything, if not in ./var.")]


def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not be there.")],
    data: Data = None,
) -> None:
    """Copy all that the API keeps into one file, while it serves: articles, API keys, saved searches."""
    from services.api.backup import back_up
    from services.wire.process import utc_now

    settings = _settings(data)
    if not settings.database_path.is_file():
        raise Trouble(
            f"there is no {settings.database_path}, so no API keeps its data here. "
            "Run this where it runs, or give --data."
        )
    try:
        manifest = back_up(settings, file, installed_version("dateline"), utc_now())
    except FileExistsError:
        raise Trouble(f"{file} is there already; give a new name.") from None
    except (OSError, sqlite3.Error) as error:
        raise Trouble(f"the backup cannot be written: {error}.") from error
    names = ", ".join(part.name for part in manifest.parts)
    print(f"{file}: {manifest.articles} articles, {file.stat().st_size:,} bytes; has {names}")


def restore(
    file: Annotated[Path, typer.Argument(help="What `dateline backup` wrote.")],
    data: Data = None,
) -> None:
    """Put a backup in place. The API must not run; what was there before is kept beside it.

    Started again, the API reads from the streams what came after the backup.
    """
    from services.api.backup import BadBackup
    from services.api.readmodel.schema import DatabaseUnusable
    from services.api.restore import restore as put_in_place
    from services.wire.process import utc_now

    settings = _settings(data)
    try:
        settings.database_path.parent.mkdir(parents=True, exist_ok=True)
        manifest, kept = put_in_place(settings, file, utc_now())
    except DatabaseUnusable as error:
        raise Trouble(f"{error}. Stop the API before a backup is put in place.") from error
    except BadBackup as error:
        raise Trouble(f"{error}. Nothing was changed.") from error
    except (OSError, sqlite3.Error) as error:
        raise Trouble(f"the backup cannot be put in place: {error}.") from error
    print(f"restored {manifest.articles} articles as of {manifest.made:%Y-%m-%d %H:%M} UTC; start the API now")
    for path in kept:
        print(f"what was there before: {path}")


def _settings(data: Path | None) -> "ApiSettings":
    """As the API has them; with `data`, the files of `dateline up`."""
    from services.api.settings import ApiSettings
    from services.wire.process import read_settings

    settings = read_settings(ApiSettings)
    if data is None:
        return settings
    return settings.model_copy(update={"database_path": data / "dateline.db", "keys_path": None, "searches_path": None})
