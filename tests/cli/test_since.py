"""`--since`: a moment, or a time ago."""

from datetime import UTC, datetime

import pytest

from services.cli.since import since_of
from services.cli.trouble import Trouble

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        (None, None),
        ("2d", datetime(2026, 3, 1, 12, tzinfo=UTC)),
        ("90m", datetime(2026, 3, 3, 10, 30, tzinfo=UTC)),
        ("12h", datetime(2026, 3, 3, tzinfo=UTC)),
        ("1w", datetime(2026, 2, 24, 12, tzinfo=UTC)),
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T09:00:00+01:00", datetime(2026, 3, 1, 8, tzinfo=UTC)),
    ],
)
def test_a_moment_or_a_time_ago(text: str | None, moment: datetime | None) -> None:
    assert since_of(text, NOW) == moment


@pytest.mark.parametrize(
    "text", ["yesterday", "2d2d", "999999w", "", "2026-13-01", "2026-03-01T09:00:00", "-1d", "2 d"]
)
def test_anything_else_is_said_to_be_none(text: str) -> None:
    with pytest.raises(Trouble, match=f"^--since {text} is "):
        since_of(text, NOW)
