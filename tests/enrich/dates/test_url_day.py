"""The day that an address names."""

import pytest

from services.enrich.dates.url_day import day_in_url


@pytest.mark.parametrize(
    ("url", "day", "words"),
    [
        ("https://a.example/2026/03/14/ferry", "2026-03-14", "/2026/03/14"),
        ("https://a.example/world/2026/mar/14/ferry", "2026-03-14", "/2026/mar/14"),
        ("https://a.example/2026/3/4/", "2026-03-04", "/2026/3/4"),
        ("https://a.example/news/2026-03-14/ferry?d=2025-01-01", "2026-03-14", "/2026-03-14"),
        ("https://a.example/ferry-2026-03-14.html", "2026-03-14", "-2026-03-14"),
        ("https://a.example/news/20260314/ferry", "2026-03-14", "/20260314"),
        ("https://a.example/2026/03/14/x-2026-03-14", "2026-03-14", "/2026/03/14"),
    ],
)
def test_a_day_in_the_path(url: str, day: str, words: str) -> None:
    found = day_in_url(url)
    assert found is not None
    assert (f"{found[0].at:%F}", found[0].precision, found[0].zone, found[1]) == (day, "day", "assumed", words)


@pytest.mark.parametrize(
    "url",
    [
        None, "", "https://a.example/ferry", "https://a.example/2026/03/ferry", "https://a.example/2026/13/01/x",
        "https://a.example/?d=2026-03-14", "https://a.example/12345678/x", "https://a.example/2026/02/30/x",
        "https://a.example/2026/03/14/history-of-2020-05-06",
        "https://a.example/2026/foo/14/x", "https://a.example/20260314555/x",
    ],
)  # fmt: skip
def test_no_day_or_more_than_one(url: str | None) -> None:
    assert day_in_url(url) is None
