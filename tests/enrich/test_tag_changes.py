"""What a rules file does to tags that others give, and that it may change while the service runs."""

import os
from pathlib import Path

import pytest

from services.enrich.assembly import with_rules
from services.enrich.pipeline import Pipeline
from services.enrich.rules_file import BrokenRules, parse_rules
from services.enrich.rules_watch import EVERY_S, RulesWatch
from services.enrich.steps.categories import categories_step
from services.enrich.steps.rules import rules_step
from tests.enrich.articles import article

FERRY = '[[tag]]\nslug = "ferries"\nwords = ["ferry"]\n'
MERGED = (
    '[[rename]]\ntags = ["category:uk-news", "category:uk"]\nslug = "place:united-kingdom"\nlabel = "United Kingdom"\n'
)


def tags(rules: str, *categories: str) -> list[tuple[str, str]]:
    pipeline = Pipeline((categories_step(), rules_step(parse_rules(rules, "tags.toml"))))
    found = pipeline.enrich([article("A ferry", categories=categories)])[0]
    return [(tag.slug, tag.label) for tag in found.tags]


def test_tags_are_renamed_and_merged_where_the_first_stood() -> None:
    assert tags(MERGED + FERRY, "UK", "Sea", "UK news") == [
        ("place:united-kingdom", "United Kingdom"),
        ("category:sea", "Sea"),
        ("ferries", "Ferries"),
    ]


@pytest.mark.parametrize(
    ("forbidden", "left"),
    [
        ('["category:sea"]', ["category:sponsored", "ferries"]),
        ('["category:*"]', ["ferries"]),
        ('["ferries", "category:sponsored"]', ["category:sea"]),
        ("[]", ["category:sea", "category:sponsored", "ferries"]),
    ],
)
def test_tags_and_whole_namespaces_are_forbidden(forbidden: str, left: list[str]) -> None:
    assert [slug for slug, _ in tags(f"forbid = {forbidden}\n{FERRY}", "Sea", "Sponsored")] == left


def test_what_a_tag_becomes_may_be_forbidden() -> None:
    assert tags(f'forbid = ["place:*"]\n{MERGED}', "UK") == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('forbid = "category:sea"', 'there must be a list of slugs, such as forbid = ["category:sponsored"]'),
        ('forbid = ["Sea News"]', "'Sea News' is no slug"),
        ('forbid = ["*"]', "'*' is no slug"),
        ('[rename]\ntags = ["a"]', "write [[rename]] with two brackets"),
        ('[[rename]]\nslug = "a"\nlabel = "A"', "[[rename]] number 1: it says of no tag what it becomes: add tags"),
        ('[[rename]]\ntags = ["a"]\nlabel = "A"', "it does not say what the tags become: add slug"),
        ('[[rename]]\ntags = ["a"]\nslug = "b"', "label must be text"),
        ('[[rename]]\ntags = ["a:*"]\nslug = "b"\nlabel = "B"', "'a:*' is no slug"),
        ('[[rename]]\ntags = ["a"]\nslug = "b"\nlabel = "B"\ninto = "c"', "unknown key 'into'"),
        (MERGED + MERGED, "[[rename]] number 2: 'category:uk-news' is renamed twice: keep one of the two"),
        (
            '[[rename]]\ntags = ["a"]\nslug = "b"\nlabel = "B"\n[[rename]]\ntags = ["b"]\nslug = "c"\nlabel = "C"',
            "'b' is renamed and is what others become: name the last slug in both",
        ),
        (
            f'{FERRY}\n[[tag]]\nslug = "x"\n',
            "would never be given: add words, phrases, sources or categories (the [[tag]] of line 5)",
        ),
        (f"{FERRY}\n{FERRY}", "tag 'ferries' stands twice, again in line 5"),
        ('[[tag]]\nslug = "x\n', "not valid TOML: "),
    ],
)
def test_a_broken_file_says_where_and_what_to_do(text: str, message: str) -> None:
    with pytest.raises(BrokenRules) as refusal:
        parse_rules(text, "tags.toml")
    assert message in str(refusal.value)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_changed_file_is_read_again_and_a_broken_one_is_not_used(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file, clock = tmp_path / "tags.toml", Clock()
    file.write_text(FERRY)
    watch = RulesWatch(file, clock)
    pipeline = Pipeline((rules_step(parse_rules(FERRY, "tags.toml")),))

    def after(text: str | None) -> list[str]:
        nonlocal pipeline
        if text is None:
            file.unlink()
        else:
            (tmp_path / "new").write_text(text)
            os.replace(tmp_path / "new", file)  # noqa: PTH105  as editors do
        clock.now += EVERY_S
        if rules := watch.renewed():
            pipeline = with_rules(pipeline, rules)
        return [tag.slug for tag in pipeline.enrich([article("A ferry and a tram")])[0].tags]

    assert watch.renewed() is None
    assert after(FERRY + FERRY.replace("ferr", "tram").replace("tramy", "tram")) == ["ferries", "tramies"]
    assert after("[[tag]]\n") == ["ferries", "tramies"]
    assert watch.broken is not None
    assert "tag number 1 has no slug" in watch.broken
    assert watch.broken in caplog.text
    assert after(None) == ["ferries", "tramies"]
    assert after(FERRY) == ["ferries"]
    assert watch.broken is None
    clock.now += EVERY_S / 2
    file.write_text("")
    assert watch.renewed() is None
