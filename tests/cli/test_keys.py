"""`dateline keys`, and the key that the command shows to the API."""

import json
import os
import stat
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest

from services.cli.own_key import ShownKey, settle_key
from services.cli.trouble import Trouble
from tests.cli.dateline import dateline

KEY = "dl_0123abcd_" + "k" * 43


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where commands are run, with nothing of the environment's."""
    for name in [name for name in os.environ if name.startswith("DATELINE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "var").mkdir()
    return tmp_path


def listed(*options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(dateline("keys", "list", "--json", *options).out)
    return found


def test_a_key_is_made_listed_and_revoked() -> None:
    assert "no keys yet" in dateline("keys", "list").out
    text = dateline("keys", "add", "news desk", "--scope", "write", "--scope", "read", "--days", "30").out.strip()
    [known] = listed()
    assert text.startswith(known["key"] + "_")
    assert (known["name"], known["scopes"], known["state"]) == ("news desk", ["read", "write"], "active")
    assert known["expires"] > known["made"]
    line = dateline("keys", "list").out
    assert f"{known['key']}  active   read+write  never used, until" in line
    assert text not in line
    assert dateline("keys", "revoke", text).out == f"revoked {known['key']}\n"
    assert listed()[0]["state"] == "revoked"
    assert "was revoked before" in dateline("keys", "revoke", known["key"]).out


def test_without_a_scope_a_key_can_only_read() -> None:
    dateline("keys", "add")
    assert [key["scopes"] for key in listed()] == [["read"]]


def test_keys_stand_beside_the_database_or_where_one_says(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "a").mkdir()
    monkeypatch.setenv("DATELINE_DATABASE_PATH", "a/dateline.db")
    dateline("keys", "add", "a")
    assert (here / "a/keys.db").exists()
    monkeypatch.setenv("DATELINE_KEYS_PATH", "var/other.db")
    dateline("keys", "add", "other")
    assert [key["name"] for key in listed()] == ["other"]
    assert [key["name"] for key in listed("--data", "a")] == ["a"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("keys", "add", "--data", "nowhere"), "Run this where the API runs"),
        (("keys", "revoke", "dl_00000000"), "there is no key dl_00000000"),
    ],
)
def test_what_cannot_be_is_one_line_that_says_what_to_do(arguments: tuple[str, ...], complaint: str) -> None:
    done = dateline(*arguments)
    assert done.status == 1
    assert complaint in done.err
    assert done.err.count("\n") == 1


def test_the_first_start_makes_a_key_that_its_owner_alone_can_read_and_keeps_it(here: Path) -> None:
    key = settle_key(here)
    assert settle_key(here) == key
    assert len(key) > 40
    assert stat.S_IMODE((here / "admin.key").stat().st_mode) == 0o600
    (here / "admin.key").write_text("short\n")
    with pytest.raises(Trouble, match="Remove it"):
        settle_key(here)


class Doorkeeper(ThreadingHTTPServer):
    """Lets in who shows KEY. `shown` is what each request showed."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.shown: list[str | None] = []


class _Handler(BaseHTTPRequestHandler):
    server: Doorkeeper

    def do_GET(self) -> None:
        shown = self.headers["Authorization"]
        self.server.shown.append(shown)
        is_open = self.path == "/open" or shown == f"Bearer {KEY}"
        self.send_response(200 if is_open else 401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def door() -> Iterator[Doorkeeper]:
    with Doorkeeper() as server:
        serving = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        yield server
        server.shutdown()
        serving.join()


def ask(door: Doorkeeper, path: str, *, api_is_here: bool = True) -> int:
    with httpx.Client(base_url=door.url, trust_env=False, auth=ShownKey(api_is_here)) as client:
        return client.get(path).status_code


def test_a_found_key_is_shown_to_this_machine_alone_and_only_when_asked_for(here: Path, door: Doorkeeper) -> None:
    (here / "var/admin.key").write_text(f"{KEY}\n")
    assert [ask(door, "/open"), ask(door, "/"), ask(door, "/", api_is_here=False)] == [200, 200, 401]
    assert door.shown == [None, None, f"Bearer {KEY}", None]


def test_a_given_key_is_shown_always_and_goes_before_a_found_one(
    here: Path, door: Doorkeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "var/admin.key").write_text("of-another-wire-altogether\n")
    monkeypatch.setenv("DATELINE_API_KEY", f" {KEY}\n")
    assert [ask(door, "/open"), ask(door, "/", api_is_here=False)] == [200, 200]
    assert set(door.shown) == {f"Bearer {KEY}"}


def test_a_key_that_cannot_be_sent_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_API_KEY", "schlüssel")
    assert "DATELINE_API_KEY has characters" in dateline("headlines").err
