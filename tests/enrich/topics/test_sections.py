"""What publishers' sections say, in their languages and in URLs."""

from pathlib import Path

import pytest

from services.enrich.topics.media_topics import MEDIA_TOPICS, TOP_LEVELS
from services.enrich.topics.sections import SECTIONS_FILE, load_sections

SECTIONS = load_sections()


def labels(*codes: str | None) -> list[str]:
    return [MEDIA_TOPICS[code].label for code in codes if code]


@pytest.mark.parametrize(
    ("category", "expected"),
    [
        ("Sport", ["Sport"]),
        ("  POLITICS ", ["Politics"]),
        ("Wirtschaft", ["Economy, business and finance"]),
        ("Santé", ["Health"]),
        ("Sante", ["Health"]),
        ("Deportes", ["Sport"]),
        ("Política", ["Politics"]),
        ("Выборы", ["Election"]),
        ("スポーツ", ["Sport"]),
        ("科技", ["Science and technology"]),
        ("الاقتصاد", ["Economy"]),
        ("राजनीति", ["Politics"]),
        ("Köşe yazısı", []),
        ("Food & Drink", ["Food and drink enthusiasm"]),
        ("News > Sport", ["Sport"]),
        ("Business/Technology", ["Economy, business and finance", "Technology and engineering"]),
        ("Sports, Soccer", ["Sport", "Soccer"]),
        ("Transport for London", []),
        ("", []),
        ("/", []),
        ("Sport" * 100, []),
    ],
)
def test_a_category_says_what_the_article_is_about(category: str, expected: list[str]) -> None:
    assert labels(*SECTIONS.of_category(category)) == expected
    assert labels(*SECTIONS.of_category(category)) == expected, "the second time it is remembered"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.courier.example/sport/football/2026/05/a-late-goal", ["Sport"]),
        ("https://www.courier.example/sport/soccer/a-late-goal", ["Soccer"]),
        ("https://courier.example/news/business-62223978", ["Economy, business and finance"]),
        ("https://courier.example/politics", []),
        ("https://courier.example/2026/05/politics-of-ferries", []),
        ("https://courier.example/life_style/x.html", ["Lifestyle and leisure"]),
        ("https://courier.example/kultur/x", ["Arts, culture, entertainment and media"]),
        ("https://zeitung.example/gesellschaft/umwelt/x", ["Environment"]),
        ("https://courier.example/%D1%81%D0%BF%D0%BE%D1%80%D1%82/x", ["Sport"]),
        ("https://courier.example/media/sport.mp4", []),
        ("https://sport.courier.example/a/b", ["Sport"]),
        ("https://courier.example/", []),
        ("https://courier.example", []),
        ("HTTPS://COURIER.EXAMPLE/SPORT/X?politics=1#health/x", ["Sport"]),
        ("tag:courier.example,2026:sport/x", []),
        ("https://", []),
        ("https://courier.example/%ff%fe/\ud800/x", []),
    ],
)
def test_a_url_says_it_by_its_folders(url: str, expected: list[str]) -> None:
    assert labels(SECTIONS.of_url(url)) == expected


def test_the_table_speaks_of_every_top_level_in_several_languages() -> None:
    assert {MEDIA_TOPICS[code].top for code in SECTIONS.names.values()} == set(TOP_LEVELS)
    assert len(TOP_LEVELS) == 17


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('not_in_urls = []\n[names]\n"medtop:00000000" = ["x"]', "medtop:00000000 is no Media Topic"),
        (
            'not_in_urls = []\n[names]\n"medtop:15000000" = ["Fun"]\n"medtop:11000000" = ["fun"]',
            "'fun' stands under medtop:15000000 and medtop:11000000",
        ),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / SECTIONS_FILE.name
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        load_sections(path)
