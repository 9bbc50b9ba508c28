"""Which pages are wanted, and what they give."""

from typing import Any

import pytest

from services.contracts.articles import PageMetadata
from services.ingest.pages.teaser import page_gain, page_wish
from tests.ingest.pages.articles import BODY, PAGE, article

WHOLE = "\n\n".join(BODY)
META = PageMetadata(url=PAGE)


@pytest.mark.parametrize(
    ("given", "wanted", "reason"),
    [
        ({}, True, "its feed gives no text"),
        ({"summary": None}, True, "its feed gives no text"),
        ({"url": None}, False, "it has no address"),
        ({"text": "A short text."}, True, "its feed's text is short"),
        ({"text": WHOLE}, False, "its feed gives the whole text"),
        ({"text": f"{WHOLE}…"}, True, "its feed's text breaks off"),
        ({"text": f"{WHOLE} [...]"}, True, "its feed's text breaks off"),
        ({"text": f"{WHOLE}\n\nRead more"}, True, "its feed's text breaks off"),
        ({"text": f"{WHOLE}\n\nContinue reading Report number one →"}, True, "its feed's text breaks off"),
        ({"text": f"{WHOLE}\n\nWeiterlesen »"}, True, "its feed's text breaks off"),
        ({"text": f"{WHOLE} […]\n\nThe post Report appeared first on Courier."}, True, "its feed's text breaks off"),
        ({"text": f"{WHOLE}\n\nThe post Report appeared first on Courier."}, False, "its feed gives the whole text"),
        ({"text": f"{WHOLE} Tell the full story, she said, and more."}, False, "its feed gives the whole text"),
        ({"text": "港" * 500}, False, "its feed gives the whole text"),
    ],
)
def test_a_page_is_wanted_where_the_feed_has_only_a_teaser(given: dict[str, Any], wanted: bool, reason: str) -> None:
    wish = page_wish(article(**given))
    assert (wish.wanted, wish.reason) == (wanted, reason)


@pytest.mark.parametrize(
    ("given", "text", "gives", "reason"),
    [
        ({}, WHOLE, "text", "the page has more text than the feed"),
        ({}, None, "nothing", "no article was found on the page"),
        ({}, "The harbour.", "nothing", "the page has no more text than the feed"),
        ({"text": WHOLE}, WHOLE, "nothing", "the page has no more text than the feed"),
        ({}, "Cookies help us deliver. " * 20, "nothing", "the page seems to be about something else"),
        ({"title": "1", "summary": None}, WHOLE, "text", "the page has more text than the feed"),
        ({"title": "港口關閉", "summary": None}, "今天港口關閉。" * 9, "text", "the page has more text than the feed"),
    ],
)  # fmt: skip
def test_a_pages_text_counts_where_it_is_more_of_the_same(
    given: dict[str, Any], text: str | None, gives: str, reason: str
) -> None:
    gain = page_gain(article(**given | {"published": "today"}), text, META)
    assert (gain.gives, gain.reason) == (gives, reason)


def test_a_page_that_asks_not_to_be_archived_gives_no_text() -> None:
    assert page_gain(article(published="today"), WHOLE, META, archive=False).gives == "nothing"


@pytest.mark.parametrize(("published", "gives"), [(None, "metadata"), ("Sun, 01 Mar 2026 09:00:00 GMT", "nothing")])
def test_a_pages_date_counts_where_the_feed_has_none(published: str | None, gives: str) -> None:
    dated = PageMetadata(url=PAGE, published="2026-03-01", published_field="json-ld:datePublished")
    assert page_gain(article(published=published), None, dated).gives == gives
    assert page_gain(article(published=published), None, META).gives == "nothing"
