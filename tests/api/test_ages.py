"""How long ago something was, in the words of the front page."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from services.api.ages import age
from tests.api.age_table import AGES, HOUR

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(("seconds", "words"), AGES)
def test_an_age_in_words(seconds: float, words: str) -> None:
    assert age(NOW - timedelta(seconds=seconds), NOW) == words


def test_zones_do_not_matter() -> None:
    elsewhere = (NOW - timedelta(seconds=2 * HOUR)).astimezone(timezone(timedelta(hours=9)))
    assert age(elsewhere, NOW) == "2 hours ago"
