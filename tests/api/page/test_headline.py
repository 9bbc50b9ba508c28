"""One headline as the page shows it."""

import pytest

from services.api.page.headline import SUMMARY_CHARS, grouped, headline, tag_links, teaser
from tests.api.page.samples import NOW, article_model, listed


def test_a_headline_says_how_old_it_is_and_how_that_is_known() -> None:
    shown = headline(listed(minutes_ago=67), NOW)
    assert shown.age == "about 1 hour ago"
    assert shown.time_title == "1 March 2026, 10:53 UTC, from the feed’s pubDate"


def test_its_links_lead_to_its_page_its_source_and_its_tags() -> None:
    article = listed("Ferry", "Transport")
    shown = headline(article, NOW)
    assert shown.page == article["links"]["page"] == f"/articles/{article_model('Ferry').id}"
    assert (shown.source.href, shown.source.label) == ("/source/courier.example", "Harbour Courier")
    assert [(tag.href, tag.label) for tag in shown.tags] == [("/tag/category%3Atransport", "Transport")]


def test_a_title_is_one_line_and_never_empty() -> None:
    assert headline(listed("Two\n lines"), NOW).title == "Two lines"
    assert headline(listed("  "), NOW).title == "Untitled"


def test_articles_stand_under_headings_in_the_order_given() -> None:
    articles = [listed("A", minutes_ago=5), listed("B", minutes_ago=59), listed("C", minutes_ago=90)]
    groups = [(label, [item.title for item in items]) for label, items in grouped(articles, NOW)]
    assert groups == [("Last hour", ["A", "B"]), ("Today", ["C"])]


def test_tags_of_one_label_are_shown_once_and_four_at_most() -> None:
    tags = [{"slug": slug, "label": label} for slug, label in (("a", "Ferries"), ("b", "Trams"), ("c", "ferries"))]
    assert [link.href for link in tag_links(tags)] == ["/tag/a", "/tag/b"]
    assert len(headline(listed("T", *"ABCDEF"), NOW).tags) == 4


@pytest.mark.parametrize(
    ("summary", "shown"),
    [
        ("", ""),
        ("Short and\n\nclear.", "Short and clear."),
        ("the title…", ""),
        ("word " * 60, ("word " * 44).strip() + "…"),
        ("x" * 300, "x" * SUMMARY_CHARS + "…"),
        ("a" * 215 + ", and so on", "a" * 215 + "…"),
    ],
)
def test_a_summary_is_cut_between_words_and_left_out_where_it_is_the_title(summary: str, shown: str) -> None:
    assert teaser(summary, "The title") == shown


def test_where_the_words_of_a_search_stand_is_marked_and_nothing_else_is_html() -> None:
    found = listed("Ferry & co") | {"snippet": {"title": "<mark>Ferry</mark> &amp; co", "text": "a <b>bold</b> x"}}
    shown = headline(found, NOW)
    assert str(shown.title) == "<mark>Ferry</mark> &amp; co"
    assert str(shown.summary) == "a bold x"
    plain = headline(listed("Ferry & co") | {"snippet": {"title": None, "text": None}}, NOW)
    assert (plain.title, str(plain.summary)) == ("Ferry & co", "The crossing takes eleven minutes.")
