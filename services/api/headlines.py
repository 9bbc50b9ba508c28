"""Headlines as plain text, one a line, for terminals and feeds into other programs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from services.api.ages import age


def headlines_text(articles: Sequence[Mapping[str, Any]], now: datetime) -> str:
    """`- Title - 7 mins ago`, one line for each article in the given order, each ended by a newline.

    `articles` are in the headline form of the HTTP API; `title` and `time` (ISO 8601) are read.
    """
    return "".join(
        f"- {one_line(article['title'])} - {age(datetime.fromisoformat(article['time']), now)}\n"
        for article in articles
    )


def one_line(text: str) -> str:
    """The text without line breaks, tabs or doubled spaces, so that a title can never look like two lines."""
    return " ".join(text.split())
