"""Opening the database: made where there is none, refused where it cannot be used."""

import sqlite3
from pathlib import Path

import pytest

from services.api.readmodel.lock import only_one
from services.api.readmodel.schema import MIGRATIONS, DatabaseUnusable, open_writer


def test_a_missing_database_is_made_with_its_folder(tmp_path: Path) -> None:
    connection = open_writer(tmp_path / "var" / "dateline.db")
    assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    connection.close()


def test_an_up_to_date_database_is_opened_as_it_is(tmp_path: Path) -> None:
    open_writer(tmp_path / "dateline.db").close()
    open_writer(tmp_path / "dateline.db").close()


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "dateline.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(DatabaseUnusable, match=r"dateline\.db: written by a newer Dateline \(schema 99"):
        open_writer(path)


def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "dateline.db"
    path.write_text("my shopping list\n" * 100)
    with pytest.raises(DatabaseUnusable, match="not a database"):
        open_writer(path)
    assert path.read_text().startswith("my shopping list")


def test_a_database_is_held_by_one_process(tmp_path: Path) -> None:
    path = tmp_path / "var" / "dateline.db"
    with only_one(path), pytest.raises(DatabaseUnusable, match="in use by another process"), only_one(path):
        pass
    with only_one(path):
        pass
