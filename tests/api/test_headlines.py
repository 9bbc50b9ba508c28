"""Headlines as plain text."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.api.headlines import headlines_text

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SEED = Path(__file__).parents[3] / "shared" / "seed" / "front-page.txt"


def at(title: str, minutes: int) -> dict[str, str]:
    return {"title": title, "time": (NOW - timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")}


def test_one_line_for_each_article_in_the_order_given() -> None:
    articles = [at("Ferry returns", 0), at("‘Too quick’ – a verdict", 7), at("Old news", 61), at("Older", 24 * 60)]
    assert headlines_text(articles, NOW) == (
        "- Ferry returns - just now\n"
        "- ‘Too quick’ – a verdict - 7 mins ago\n"
        "- Old news - about 1 hour ago\n"
        "- Older - 1 day ago\n"
    )


def test_no_articles_are_no_lines() -> None:
    assert headlines_text([], NOW) == ""


@pytest.mark.parametrize("title", ["Two\nlines", "Two\r\n  lines", " Two\u2028lines ", "Two\tlines"])
def test_a_title_never_looks_like_two_lines(title: str) -> None:
    assert headlines_text([at(title, 1)], NOW) == "- Two lines - 1 min ago\n"


@pytest.mark.skipif(not SEED.exists(), reason="the page that this project began with is not on this machine")
def test_the_page_that_this_began_with_comes_out_to_the_letter() -> None:
    """There a dash stands on a line of its own, because it was copied from a rendered list."""
    lines = re.findall(
        r"^-\n(.+) - ((?:about )?(\d+) (min|hour)s? ago)$", SEED.read_text(encoding="utf-8"), re.MULTILINE
    )
    articles = [at(title, int(count) * (60 if unit == "hour" else 1)) for title, _words, count, unit in lines]
    assert len(lines) == 10
    assert headlines_text(articles, NOW) == "".join(f"- {title} - {words}\n" for title, words, *_ in lines)
