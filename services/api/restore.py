"""A backup put in its place. What was there is kept beside it; the API then goes on from where the backup stood."""

import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from services.api.access.store import VERSION
from services.api.backup import READ_MODEL, BadBackup, Manifest, Part, extract, files_of, opened
from services.api.readmodel.lock import only_one
from services.api.readmodel.schema import MIGRATIONS
from services.api.rewinding import mark_restored
from services.api.searches import schema as searches_schema
from services.api.settings import ApiSettings

_KNOWN: Mapping[str, int] = {
    READ_MODEL: len(MIGRATIONS),
    "keys.db": VERSION,
    "searches.db": len(searches_schema.MIGRATIONS),
}


def restore(settings: ApiSettings, file: Path, now: datetime) -> tuple[Manifest, list[Path]]:
    """Put the backup in place of the API's files. Returns what it says, and where what was there before is now.

    Raises `BadBackup`, `DatabaseUnusable` where an API holds the files, `OSError` and `sqlite3.Error`. All is checked
    before anything is changed.
    """
    with only_one(settings.database_path), opened(file) as (archive, manifest):
        places = files_of(settings)
        _check(settings, manifest)
        fresh = {
            part.name: places[part.name].with_name(f"{places[part.name].name}.restoring") for part in manifest.parts
        }
        try:
            for part in manifest.parts:
                fresh[part.name].unlink(missing_ok=True)
                extract(archive, part, fresh[part.name])
                _check_whole(fresh[part.name])
            kept = []
            mark_restored(settings.database_path, manifest)
            for name, copy in fresh.items():
                kept += _moved_aside(places[name], now)
                copy.replace(places[name])
                _sync(places[name].parent)
        finally:
            for copy in fresh.values():
                copy.unlink(missing_ok=True)
    return manifest, kept


def _check(settings: ApiSettings, manifest: Manifest) -> None:
    names = {part.name for part in manifest.parts}
    if READ_MODEL not in names or not names <= _KNOWN.keys():
        raise BadBackup(f"a backup has {', '.join(_KNOWN)}; this one has {', '.join(sorted(names)) or 'nothing'}")
    for part in manifest.parts:
        _check_version(part, manifest)
    if manifest.stream_prefix != settings.stream_prefix:
        raise BadBackup(
            f"the backup is of the wire {manifest.stream_prefix!r}, this one is {settings.stream_prefix!r} "
            "(DATELINE_STREAM_PREFIX)"
        )


def _check_version(part: Part, manifest: Manifest) -> None:
    if part.schema_version > _KNOWN[part.name]:
        raise BadBackup(
            f"{part.name} was written by a newer Dateline ({manifest.dateline}); restore it with that one or a later"
        )


def _check_whole(path: Path) -> None:
    with closing(sqlite3.connect(path)) as sql:
        [found] = sql.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise BadBackup(f"{path.name} in the backup is damaged: {found}")


def _moved_aside(place: Path, now: datetime) -> list[Path]:
    """What is in the file, with what is still in its log, under another name."""
    if not place.exists():
        return []
    with suppress(sqlite3.Error), closing(sqlite3.connect(place)) as sql:  # a broken one is moved as it is
        sql.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    moved = []
    aside = place.with_name(f"{place.name}.before-{now:%Y%m%dT%H%M%S}")
    for suffix in ("-wal", "-shm"):
        log = place.with_name(place.name + suffix)
        if log.exists():
            moved.append(log.rename(f"{aside}{suffix}"))
    aside.hardlink_to(place)  # under both names until the backup takes the place, so that there is always one
    return [*moved, aside]


def _sync(folder: Path) -> None:
    """Names are on the disk only when their folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
