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


def test_a_database_from_before_repeats_were_known_lists_what_it_had(tmp_path: Path) -> None:
    path = tmp_path / "dateline.db"
    connection = sqlite3.connect(path)
    connection.executescript(MIGRATIONS[0])
    connection.executescript(
        "INSERT INTO facets VALUES (1, 'all', '', '', NULL, 2), (2, 'source', 'a', 'A', NULL, 2);"
        "INSERT INTO article_facets VALUES (1, 10, 1), (1, 20, 2), (2, 10, 1), (2, 20, 2);"
        """INSERT INTO articles VALUES (1, 10, '{"id":"x"}'), (2, 20, '{"id":"y"}');"""
        """INSERT INTO facts SELECT rowid, headline, '{"article":{"first_seen":"2026-03-01T12:00:00Z",'"""
        """|| '"seen":"2026-03-01T12:00:00Z","source":{"id":"a","name":"A"}}}' FROM articles;"""
        "PRAGMA user_version = 1;"
    )
    connection.close()
    connection = open_writer(path)
    listed = connection.execute(
        "SELECT l.article, a.headline FROM article_facets l JOIN facets f ON f.id = l.facet JOIN articles a "
        "ON a.rowid = l.article WHERE f.kind = 'first' ORDER BY l.time_ms DESC"
    ).fetchall()
    connection.close()
    assert listed == [(2, '{"id":"y","repeats":null}'), (1, '{"id":"x","repeats":null}')]
