"""Tags from what publishers call their categories."""

import pytest

from services.enrich.slugs import slug_of
from services.enrich.steps.categories import LONGEST, MOST, category_tags


@pytest.mark.parametrize(
    ("label", "slug"),
    [
        ("Politics", "politics"),
        ("  Arts & Culture ", "arts-culture"),
        ("US/Canada", "us-canada"),
        ("#Climate", "climate"),
        ("9/11", "9-11"),
        ("Children’s Books", "childrens-books"),
        ("C", "c"),
        ("C++", "c-plus-plus"),
        ("C#", "c-sharp"),
        ("Économie", "économie"),
        ("E\u0301conomie", "économie"),
        ("ＡＩ", "ai"),
        ("ﬁlm", "film"),
        ("Политика", "политика"),
        ("政治", "政治"),
        ("हिन्दी समाचार", "हिन्दी-समाचार"),
        ("İstanbul", "i̇stanbul"),
        ("—", ""),
        ("", ""),
    ],
)
def test_a_slug_is_lower_case_letters_and_digits_of_any_script(label: str, slug: str) -> None:
    assert slug_of(label) == slug


@pytest.mark.parametrize("label", ["Arts & Culture", "Économie", "İstanbul", "C++", "हिन्दी समाचार", "ǅ", "ß ﬀ"])
def test_the_slug_of_a_slug_is_itself(label: str) -> None:
    assert slug_of(slug_of(label)) == slug_of(label)


def test_each_category_becomes_a_tag_with_the_publishers_label() -> None:
    assert [(tag.slug, tag.label, tag.method) for tag in category_tags(["World  News", "Économie"])] == [
        ("category:world-news", "World News", "category"),
        ("category:économie", "Économie", "category"),
    ]


def test_spellings_of_one_category_are_one_tag_with_the_first_label() -> None:
    assert [tag.label for tag in category_tags(["Film", "film", "FILM ", "Music"])] == ["Film", "Music"]


@pytest.mark.parametrize(
    "category",
    ["", "  ", "Uncategorized", "Non classé", "未分类", "!!!", "http://schemas.example/kind#post", "x" * (LONGEST + 1)],
)
def test_what_names_no_category_is_left_out(category: str) -> None:
    assert category_tags([category]) == ()


def test_a_feed_that_lists_every_word_gives_no_more_than_a_few_tags() -> None:
    assert len(category_tags([f"word {n}" for n in range(1000)])) == MOST
