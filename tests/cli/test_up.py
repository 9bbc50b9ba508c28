"""`dateline up`: the whole wire with one command, and its end."""

import os
import signal
import socket
import sys
from pathlib import Path

import pytest

from tests.cli.wire import Wire, alive
from tests.conftest import Server

OPML = '<opml version="2.0"><head/><body><outline text="x" xmlUrl="http://127.0.0.1:9/feed.xml"/></body></opml>'

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="children are found, and tied to their parent, on Linux")


@pytest.fixture
def wire(tmp_path: Path) -> Wire:
    return Wire(tmp_path / "var")


@on_linux
def test_articles_within_seconds_and_one_ctrl_c_ends_all_and_a_second_start_doubles_nothing(wire: Wire) -> None:
    with wire.up() as first:
        first.until_ready()
        first.until(lambda: len(first.articles()) >= 31 and all(a["enriched"] for a in first.articles()), within_s=60)
        before = {article["id"]: article["time"] for article in first.articles()}
        children = first.children()
        assert len(children) == 5
        first.press_ctrl_c()
        assert first.finish(within_s=60) == 0, first.output
        assert not any(alive(pid) for pid in children)
    with wire.up() as second:
        second.until_ready()
        after = {article["id"]: article["time"] for article in second.articles()}
        assert before.items() <= after.items()
        titles = [article["title"] for article in second.articles()]
        assert len(titles) == len(set(titles)) == len(after)
        second.process.send_signal(signal.SIGTERM)
        assert second.finish(within_s=60) == 0, second.output


@on_linux
def test_a_service_that_dies_ends_all_with_its_name(wire: Wire) -> None:
    with wire.up() as up:
        up.until(lambda: sum("services." in line for line in up.children().values()) == 4)
        children = up.children()
        os.kill(next(pid for pid, line in children.items() if "services.enrich" in line), signal.SIGKILL)
        assert up.finish() == 1
        assert "dateline: enrich was ended by SIGKILL, so everything was stopped." in up.output
        assert not any(alive(pid) for pid in children)


@on_linux
def test_nothing_outlives_it_even_when_it_is_killed(wire: Wire) -> None:
    with wire.up() as up:
        up.until(lambda: len(up.children()) == 5)
        children = up.children()
        up.process.kill()
        up.until(lambda: not any(alive(pid) for pid in children), within_s=60)


@on_linux
def test_a_list_of_ones_own_is_read_on_a_server_of_ones_own(wire: Wire, server: Server, tmp_path: Path) -> None:
    own = tmp_path / "own.opml"
    own.write_text(OPML)
    with wire.up(own, "--redis-url", server.url) as up:
        up.until_ready()
        assert len(up.children()) == 3
        assert f"1 from {own}" in up.output
        up.until(lambda: [feed["url"] for feed in up.feeds()] == ["http://127.0.0.1:9/feed.xml"])
        up.press_ctrl_c()
        assert up.finish() == 0


@pytest.mark.parametrize("busy", ["port", "redis_port", "sample_port"])
def test_a_busy_port_is_named_and_how_to_choose_another(wire: Wire, busy: str) -> None:
    port = getattr(wire, busy)
    with socket.create_server(("127.0.0.1", port)), wire.up() as up:
        assert up.finish() == 1
    assert f"dateline: port {port} on 127.0.0.1" in up.output
    assert f"--{busy.replace('_', '-')}" in up.output
    assert "Traceback" not in up.output


def test_two_runs_cannot_share_their_data(wire: Wire) -> None:
    with wire.up() as first:
        first.until((wire.data / "redis").exists)
        with Wire(wire.data).up() as second:
            assert second.finish() == 1
    assert "is in use by another `dateline up`" in second.output


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (None, "cannot be read (No such file or directory)"),
        ("<opml><body><outline", "line 1"),
        ("<rss/>", "not <opml>"),
        ("<opml><body/></opml>", "lists no feeds"),
    ],
)
def test_a_broken_list_stops_the_start(wire: Wire, tmp_path: Path, text: str | None, complaint: str) -> None:
    file = tmp_path / "feeds.opml"
    if text is not None:
        file.write_text(text)
    with wire.up(file) as up:
        assert up.finish() == 1
    assert f"dateline: {file}" in up.output
    assert complaint in up.output


def test_a_sample_publisher_does_not_move(wire: Wire) -> None:
    wire.data.mkdir()
    (wire.data / "sample.json").write_text('{"port": 8089, "epoch": "2026-03-01T12:00:00Z"}')
    with wire.up("--sample-port", "8090") as up:
        assert up.finish() == 1
    assert "live on port 8089" in up.output


def test_a_server_that_does_not_answer_stops_the_start(wire: Wire) -> None:
    with wire.up("--redis-url", f"redis://:secret@127.0.0.1:{wire.redis_port}/0") as up:
        assert up.finish() == 1
    assert f"no Redis answers at redis://127.0.0.1:{wire.redis_port}/0" in up.output
    assert "secret" not in up.output
