"""Keys as they are kept."""

import sqlite3
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from services.api.access.keys import id_of, new_key
from services.api.access.scopes import Scope
from services.api.access.store import KeyStore, KeysUnusable
from tests.api.access.conftest import NOW, Made


def test_a_key_is_found_by_its_whole_text_and_by_nothing_else(store: KeyStore, made: Made) -> None:
    text, other = made("read", "write"), made("admin")
    found = store.find(text)
    assert found
    assert (found.id, found.state(NOW)) == (id_of(text), "active")
    assert found.scopes == {Scope.READ, Scope.WRITE}
    wrong = [text[:-1], text + "x", f"{text[:12]}{other[12:]}", "", "dl_", "dl_________", text.upper(), f"{text}\ud800"]
    assert [store.find(candidate) for candidate in wrong] == [None] * len(wrong)


def test_the_file_has_no_key_in_it_and_is_its_owners_alone(made: Made, tmp_path: Path) -> None:
    text = made("admin")
    everything = b"".join(path.read_bytes() for path in tmp_path.glob("keys.db*"))
    assert text[3:11].encode() in everything
    assert text[12:].encode() not in everything
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("keys.db*")} == {0o600}


def test_what_another_process_does_holds_at_once(store: KeyStore, tmp_path: Path) -> None:
    with KeyStore(tmp_path / "keys.db") as command:
        key, text = new_key("x", [Scope.READ], NOW, NOW + timedelta(hours=1))
        command.add(key, text)
        assert store.find(text) == key
        assert command.revoke(key.id, NOW) == key
        again = store.find(text)
        assert again
        assert again.state(NOW) == "revoked"
        assert command.revoke("00000000", NOW) is None


def test_a_key_ends_when_it_expires(store: KeyStore, made: Made) -> None:
    found = store.find(made("read", minutes=5))
    assert found
    assert [found.state(NOW + timedelta(minutes=minutes)) for minutes in (4, 5)] == ["active", "expired"]


def test_use_is_noted_once_an_hour_and_never_waits(store: KeyStore, made: Made, tmp_path: Path) -> None:
    text = made("read")
    for minutes, expected in ((0, 0), (59, 0), (60, 60)):
        known = store.find(text)
        assert known
        store.note_use(known, NOW + timedelta(minutes=minutes))
        assert [key.used for key in store.every()] == [NOW + timedelta(minutes=expected)]
    with sqlite3.connect(tmp_path / "keys.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        [known] = store.every()
        store.note_use(known, NOW + timedelta(days=1))
        other.execute("ROLLBACK")
    other.close()
    assert [key.used for key in store.every()] == [NOW + timedelta(hours=1)]


@pytest.mark.parametrize(
    ("content", "complaint"), [(b"no database\n" * 100, "not a database"), (None, "newer Dateline")]
)
def test_a_file_that_is_not_ours_is_refused(tmp_path: Path, content: bytes | None, complaint: str) -> None:
    path = tmp_path / "keys.db"
    if content is not None:
        path.write_bytes(content)
    else:
        with sqlite3.connect(path) as newer:
            newer.execute("PRAGMA user_version = 99")
        newer.close()
    with pytest.raises(KeysUnusable, match=complaint):
        KeyStore(path)
