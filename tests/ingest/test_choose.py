"""Which of a page's feeds is the one that was meant."""

import pytest

from services.ingest.choose import Candidate, choose

PAGE = "https://courier.example/"


def feed(path: str, title: str = "Courier", entries: int = 10, **more: str) -> Candidate:
    fields = {"how": "declared", "format": "RSS 2.0"} | more
    return Candidate(f"https://courier.example{path}", title=title, entries=entries, **fields)  # type: ignore[arg-type]  # a table's words


DEAD = Candidate("https://courier.example/dead", "declared", problem="the server answered 404 Not Found")
ELSEWHERE = Candidate("https://other.example/f", "declared", "Other", "RSS 2.0", 50)


@pytest.mark.parametrize(
    ("candidates", "chosen", "reason"),
    [
        ([feed("/f")], "/f", "the page declares it, and there is no other"),
        ([DEAD, feed("/f")], "/f", "no other"),
        ([feed("/comments/feed", "Comments for Courier"), feed("/feed")], "/feed", "of 2 feeds it comes first"),
        ([feed("/c", "Courier » Comments", entries=90), feed("/f")], "/f", "comes first"),
        ([feed("/c", "Courier » Comments", entries=90)], "/c", "of comments, but there is no other"),
        ([feed("/l", how="linked"), feed("/d")], "/d", "declares it"),
        ([feed("/g", how="guessed"), feed("/l", how="linked")], "/l", "links to it"),
        ([feed("/g", how="guessed")], "/g", "usually keep"),
        ([feed("/empty", entries=0), feed("/f", "Desk")], "/f", "comes first"),
        ([ELSEWHERE, feed("/f")], "/f", "comes first"),
        ([feed("/tag/boats/feed", "Boats", entries=90), feed("/f")], "/f", "comes first"),
        ([feed("/podcast/feed", "Talk", entries=300), feed("/f")], "/f", "comes first"),
        ([feed("/rss", entries=10), feed("/atom", entries=25)], "/atom", "of its 2 forms"),
        ([feed("/rss", entries=10), feed("/atom", entries=10)], "/rss", "of its 2 forms"),
        ([feed("/all", "All"), feed("/sport", "Sport", entries=90)], "/all", "of 2 feeds it comes first"),
    ],
)
def test_the_main_feed_is_chosen_and_the_reason_given(candidates: list[Candidate], chosen: str, reason: str) -> None:
    choice = choose(candidates, page=PAGE)
    assert choice.feed
    assert choice.feed.url.removeprefix("https://courier.example") == chosen
    assert reason in choice.reason


def test_a_sections_page_means_the_sections_feed() -> None:
    choice = choose([feed("/feed", "All"), feed("/sport/feed", "Sport")], page="https://courier.example/sport/")
    assert choice.feed
    assert choice.feed.title == "Sport"


@pytest.mark.parametrize("candidates", [[], [DEAD], [DEAD, DEAD]])
def test_where_none_can_be_read_none_is_chosen(candidates: list[Candidate]) -> None:
    choice = choose(candidates, page=PAGE)
    assert choice.feed is None
    assert f"none of the {len(candidates)} addresses" in choice.reason
