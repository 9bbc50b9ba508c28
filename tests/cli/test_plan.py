"""Which programs a run consists of, and which feeds it reads."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.cli.embedded.feeds import move_in, retire_sample, sample_port
from services.cli.embedded.plan import Plan, services
from services.cli.sample.residence import Residence, read_residence, settle
from services.cli.trouble import Trouble
from services.cli.up import redis_cli
from services.contracts.identity import feed_id
from services.contracts.opml import read_opml
from services.wire.broker_url import without_password
from tests.cli.recording import recording

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PLAN = Plan(Path("/data"), "127.0.0.1", 8000, 6399)


def test_a_run_is_three_services_on_the_embedded_server() -> None:
    programs = services(PLAN, "")
    assert [program.name for program in programs] == ["ingest", "enrich", "api"]
    assert {program.environment["DATELINE_REDIS_URL"] for program in programs} == {"redis://127.0.0.1:6399/0"}
    assert all("DATELINE_ALLOW_HOSTS" not in program.environment for program in programs)


def test_the_sample_publisher_is_allowed_besides_what_the_user_allows() -> None:
    programs = services(replace(PLAN, sample=Residence(port=8089, epoch=NOW)), "nas.local")
    assert [program.name for program in programs] == ["ingest", "enrich", "api", "sample"]
    assert programs[0].environment["DATELINE_ALLOW_HOSTS"] == "nas.local,127.0.0.1"
    assert programs[0].environment["DATELINE_OPML"] == "/data/sample.opml"


@pytest.mark.parametrize(
    ("host", "url"),
    [("0.0.0.0", "http://127.0.0.1:8000"), ("::", "http://[::1]:8000"), ("10.0.0.7", "http://10.0.0.7:8000")],
)
def test_an_api_on_all_interfaces_is_reached_on_loopback(host: str, url: str) -> None:
    assert replace(PLAN, host=host).api_url == url


def test_sample_feeds_are_for_fresh_data_and_where_they_were_before(tmp_path: Path) -> None:
    assert sample_port(tmp_path, None) == 8089
    assert sample_port(tmp_path, 9000) == 9000
    move_in(tmp_path, 9000, NOW)
    (tmp_path / "redis").mkdir()
    assert sample_port(tmp_path, None) == 9000
    with pytest.raises(Trouble, match="live on port 9000"):
        sample_port(tmp_path, 8089)


def test_data_begun_with_a_list_stays_without_sample_feeds(tmp_path: Path) -> None:
    (tmp_path / "redis").mkdir()
    assert sample_port(tmp_path, None) is None


def test_moving_in_twice_changes_nothing(tmp_path: Path) -> None:
    first = move_in(tmp_path, 9000, NOW)
    assert move_in(tmp_path, 8089, datetime(2026, 3, 2, tzinfo=UTC)) == first
    listed = read_opml((tmp_path / "sample.opml").read_bytes(), name="sample.opml")
    assert len(listed) == 7
    assert all(outline.url.startswith("http://127.0.0.1:9000/") for outline in listed)


def test_a_list_of_ones_own_retires_the_sample_feeds(tmp_path: Path) -> None:
    move_in(tmp_path, 9000, NOW)
    listed = read_opml((tmp_path / "sample.opml").read_bytes(), name="sample.opml")
    with recording() as api:
        retire_sample(replace(PLAN, data=tmp_path, port=api.port, opml=Path("own.opml")))
    assert set(api.asked) == {f"DELETE /v1/feeds/{feed_id(outline.url)}" for outline in listed}
    assert read_residence(tmp_path) is None


def test_sample_feeds_that_cannot_be_retired_now_are_retired_another_time(tmp_path: Path) -> None:
    settle(tmp_path, 9000, NOW)
    retire_sample(replace(PLAN, data=tmp_path, port=1, opml=Path("own.opml")))
    assert read_residence(tmp_path) is not None


@pytest.mark.parametrize(
    ("url", "command"),
    [
        ("redis://:secret@host:6380/1", "redis-cli -u redis://host:6380/1"),
        ("redis+cluster://:secret@h1:7001,h2", "redis-cli -c -h h1 -p 7001"),
        (
            "redis+sentinel://:secret@h1,h2/n",
            "redis-cli -h HOST -p PORT (of the primary: redis-cli -h h1 -p 26379 SENTINEL GET-MASTER-ADDR-BY-NAME n)",
        ),
    ],
)
def test_who_runs_it_is_told_how_to_look_at_the_streams(url: str, command: str) -> None:
    assert redis_cli(url) == command


@pytest.mark.parametrize("url", ["redis://:secret@host:6379/0", "redis://user:se@cret@host:6379/0"])
def test_a_password_is_not_shown(url: str) -> None:
    assert without_password(url) == "redis://host:6379/0"
