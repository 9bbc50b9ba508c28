"""What an operator can set."""

from pathlib import Path

import pytest

from services.ingest.settings import IngestSettings
from services.wire.process import read_settings


def test_every_setting_is_described() -> None:
    assert [name for name, field in IngestSettings.model_fields.items() if not field.description] == []


def test_hosts_are_split_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_ALLOW_HOSTS", "127.0.0.1, Feeds.internal,[::1],")
    assert IngestSettings().allow_hosts == {"127.0.0.1", "feeds.internal", "::1"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATELINE_POLL_INTERVAL_S", "0"),
        ("DATELINE_POLL_MIN_S", "0"),
        ("DATELINE_HOST_CONCURRENCY", "0"),
        ("DATELINE_HOST_SPACING_S", "-1"),
        ("DATELINE_CONCURRENCY", "many"),
        ("DATELINE_MAX_BODY_BYTES", "-1"),
        ("DATELINE_OPML", "/nowhere/list.opml"),
        ("DATELINE_LEASE_S", "0"),
    ],
)
def test_a_bad_value_stops_the_start_and_names_itself(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as stopped:
        read_settings(IngestSettings)
    assert stopped.value.code == 2
    assert name in capsys.readouterr().err


def test_an_empty_list_path_means_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATELINE_OPML", "")
    assert IngestSettings().opml is None
    path = tmp_path / "list.opml"
    path.write_text("<opml/>")
    monkeypatch.setenv("DATELINE_OPML", str(path))
    assert IngestSettings().opml == path
