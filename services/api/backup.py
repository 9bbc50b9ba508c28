"""A copy of all that the API keeps, made while it serves: one file, which says what is in it.

It is a zip archive: `manifest.json`, and a copy of each SQLite file by the online backup of SQLite, which has one
committed state. Nothing is locked, and a crash leaves the file unfinished under another name.
"""

import hashlib
import os
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.api.readmodel.lookups import position
from services.api.settings import ApiSettings

MANIFEST, READ_MODEL = "manifest.json", "dateline.db"
FORMAT = 1
_CHUNK = 2**20
_PAGES = 2_000


class BadBackup(Exception):
    """The file is no backup that can be used. Tell the operator; nothing was changed."""


class Part(BaseModel):
    """A file of the backup. `schema_version` is SQLite's `user_version`."""

    model_config = ConfigDict(extra="forbid")

    name: str
    bytes: int
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    schema_version: int


class Manifest(BaseModel):
    """`position` is how far the read model had come in the streams; `articles` how many could be read."""

    model_config = ConfigDict(extra="forbid")

    format: int
    made: datetime
    dateline: str
    stream_prefix: str
    api_group: str
    position: str
    articles: int
    parts: tuple[Part, ...]


def files_of(settings: ApiSettings) -> dict[str, Path]:
    """The API's files by their names in a backup. Searches come first: no webhook is then ahead of the read model."""
    return {"searches.db": settings.searches_file, "keys.db": settings.keys_file, READ_MODEL: settings.database_path}


def back_up(settings: ApiSettings, target: Path, version: str, now: datetime) -> Manifest:
    """Write the backup to `target`, which must not exist. Raises `OSError`, `sqlite3.Error`, `FileExistsError`."""
    if target.exists():
        raise FileExistsError(target)
    with tempfile.TemporaryDirectory(prefix=".dateline-backup-", dir=target.parent) as folder:
        copies = {name: Path(folder) / name for name, path in files_of(settings).items() if path.exists()}
        for name, copy in copies.items():
            _copy(files_of(settings)[name], copy)
        with closing(sqlite3.connect(copies[READ_MODEL])) as sql:
            come_to = str(position(sql))
            [articles] = sql.execute("SELECT count(*) FROM articles").fetchone()
        manifest = Manifest(
            format=FORMAT,
            made=now,
            dateline=version,
            stream_prefix=settings.stream_prefix,
            api_group=settings.api_group,
            position=come_to,
            articles=articles,
            parts=tuple(_part(name, copy) for name, copy in copies.items()),
        )
        unfinished = Path(folder) / "archive"
        with unfinished.open("xb") as file:
            unfinished.chmod(0o600)
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                archive.writestr(MANIFEST, manifest.model_dump_json(indent=1))
                for name, copy in copies.items():
                    archive.write(copy, name)
            file.flush()
            os.fsync(file.fileno())
        os.link(unfinished, target)  # unlike a rename it never takes another file's place
    return manifest


@contextmanager
def opened(file: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """The archive and what it says of itself. Raises `BadBackup`."""
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = Manifest.model_validate_json(archive.read(MANIFEST))
            if manifest.format != FORMAT:
                raise BadBackup(f"{file} is a backup of format {manifest.format}, this Dateline knows {FORMAT}")
            yield archive, manifest
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise BadBackup(f"{file} is no backup, or is damaged: {error}") from error
    except ValidationError:
        raise BadBackup(f"{file} is no backup: its {MANIFEST} is not understood") from None


def extract(archive: zipfile.ZipFile, part: Part, target: Path) -> None:
    """Write one file of the archive, checked. Raises `BadBackup`."""
    digest, size = hashlib.sha256(), 0
    with archive.open(part.name) as packed, target.open("xb") as file:
        target.chmod(0o600)
        for chunk in _chunks(packed):
            digest.update(chunk)
            size += len(chunk)
            if size > part.bytes:
                break
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if (size, digest.hexdigest()) != (part.bytes, part.sha256):
        raise BadBackup(f"{part.name} in the backup is not what its manifest says: the file is damaged")


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source, isolation_level=None)) as live, closing(sqlite3.connect(target)) as copy:
        live.execute("PRAGMA busy_timeout = 5000")
        live.execute("PRAGMA query_only = ON")
        live.execute("BEGIN")  # one state throughout: else the copy begins anew with each commit
        live.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        live.backup(copy, pages=_PAGES)
        copy.execute("PRAGMA journal_mode = DELETE")


def _part(name: str, copy: Path) -> Part:
    with closing(sqlite3.connect(copy)) as sql:
        [schema] = sql.execute("PRAGMA user_version").fetchone()
    with copy.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Part(name=name, bytes=copy.stat().st_size, sha256=digest, schema_version=schema)


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk
