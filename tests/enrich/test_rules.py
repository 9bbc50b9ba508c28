"""When a rule gives its tag, and what is wrong with a rules file."""

import time
from pathlib import Path

import pytest

from services.contracts.enrichments import Tag
from services.enrich.pipeline import Pipeline
from services.enrich.rules import TagRules
from services.enrich.rules_file import DEFAULT_TAGS, BrokenRules, load_rules, parse_rules
from services.enrich.steps.categories import categories_step
from services.enrich.steps.rules import OF_A_WORD, joined, rules_step
from tests.enrich.articles import SOURCE, article

RULES = parse_rules(
    """
    [[tag]]
    slug = "climate"
    label = "Climate"
    words = ["climate", "Straße", "e-fuel", "气候"]
    phrases = ["global warming", "sea level rise"]
    sources = ["example.org", "www.ferry.example"]
    categories = ["Green & Clean"]
    """,
    "tags.toml",
)


def given(rules: TagRules, **fields: object) -> list[str]:
    return [tag.slug for tag in Pipeline((rules_step(rules),)).enrich([article(**fields)])[0].tags]


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "Climate talks begin"},
        {"title": "the CLIMATE, again"},
        {"title": "x", "summary": "On climate."},
        {"title": "x", "text": "One.\n\n“Climate’s” end."},
        {"title": "An E-Fuel plant"},
        {"title": "In der STRASSE"},
        {"title": "全球气候变化"},
        {"title": "Global\nwarming"},
        {"title": "a global global warming"},
        {"title": "Sea-level rise"},
        {"title": "x", "source": {"id": "example.org", "name": "x"}},
        {"title": "x", "source": {"id": "news.example.org", "name": "x"}},
        {"title": "x", "source": {"id": "ferry.example", "name": "x"}},
        {"title": "x", "categories": ["news", "green & clean"]},
    ],
)
def test_any_condition_that_is_met_gives_the_tag(fields: dict[str, object]) -> None:
    assert given(RULES, **fields) == ["climate"]


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "An acclimate climates microclimate"},
        {"title": "global"},
        {"title": "warming global"},
        {"title": "global", "summary": "warming"},
        {"title": "sea level"},
        {"title": "fuel"},
        {"title": "x", "source": {"id": "notexample.org", "name": "x"}},
        {"title": "x", "source": {"id": "org", "name": "x"}},
        {"title": "x", "categories": ["green"]},
    ],
)
def test_parts_of_words_and_phrases_give_nothing(fields: dict[str, object]) -> None:
    assert given(RULES, **fields) == []


def test_a_tag_says_which_rule_gave_it_and_stands_behind_the_publishers() -> None:
    steps = (categories_step(), rules_step(RULES))
    tags = Pipeline(steps).enrich([article("Climate", categories=["News"])])[0].tags
    assert [(tag.slug, tag.label, tag.method) for tag in tags] == [
        ("category:news", "News", "category"),
        ("climate", "Climate", "rule:climate"),
    ]


def test_a_rule_can_give_a_media_topic() -> None:
    rules = parse_rules('[[tag]]\ntopic = "medtop:20000418"\nphrases = ["net zero"]', "tags.toml")
    [tag] = Pipeline((rules_step(rules),)).enrich([article("Towards net zero")])[0].tags
    assert (tag.slug, tag.label, tag.concept) == ("topic:climate-change", "Climate change", "medtop:20000418")
    assert (tag.method, tag.confidence) == ("rule:climate-change", OF_A_WORD)


def test_of_one_tag_found_twice_the_surer_finding_stands() -> None:
    sure = Tag(slug="topic:sport", label="Sport", method="topics:category", confidence=0.9)
    unsure = Tag(slug="topic:sport", label="Sport", method="rule:sport", confidence=0.7)
    other = Tag(slug="x", label="X", method="rule:x")
    assert joined([sure, other], [unsure]) == (sure, other)
    assert joined([unsure, other], [sure]) == (sure, other)


def test_tags_come_in_the_order_of_the_file_each_once() -> None:
    rules = parse_rules(
        '[[tag]]\nslug = "b"\nwords = ["two", "one"]\n[[tag]]\nslug = "a"\nwords = ["one"]\nphrases = ["one two"]', "t"
    )
    assert given(rules, title="one two one two") == ["b", "a"]


def test_a_thousand_rules_cost_hardly_more_than_one() -> None:
    many = "".join(
        f'[[tag]]\nslug = "t{n}"\nwords = ["word{n}"]\nphrases = ["first{n} second{n}"]\n' for n in range(1000)
    )
    text = ("Nothing of this matters here, for it is only a text. " * 10,)

    def seconds(rules: TagRules) -> float:
        started = time.process_time()
        for _ in range(300):
            rules.matching(text, SOURCE.id)
        return time.process_time() - started

    assert seconds(parse_rules(many, "t")) < 5 * seconds(parse_rules('[[tag]]\nslug = "t"\nwords = ["word"]', "t"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[tag]\n", "tags.toml: not valid TOML"),
        (
            '[[tag]]\ntopic = "sport"\nwords = ["a"]',
            "tags.toml: 'sport' is no topic that Dateline gives: write a code such as medtop:20000418",
        ),
        (
            '[[tag]]\ntopic = "medtop:15000000"\nslug = "sport"\nwords = ["a"]',
            "tags.toml: tag 'medtop:15000000': a topic has its own slug and label: remove yours, or remove topic",
        ),
        ("[[tags]]\n", "tags.toml: unknown key 'tags': the file holds [[tag]], [[rename]] and forbid"),
        ('[tag]\nslug = "a"', "tags.toml: write [[tag]] with two brackets, once for each tag"),
        ('[[tag]]\nwords = ["a"]', 'tags.toml: tag number 1 has no slug: give it one, such as slug = "climate"'),
        ("[[tag]]\nslug = 3", "tags.toml: tag number 1 has no slug"),
        ('[[tag]]\nslug = "Big Tech"\nwords = ["a"]', "tags.toml: tag 'Big Tech': a slug is made of"),
        ('[[tag]]\nslug = "Big Tech"\nwords = ["a"]', "write 'big-tech'"),
        ('[[tag]]\nslug = "a"\nword = ["a"]', "tags.toml: tag 'a': unknown key 'word': a tag has slug, label, words"),
        ('[[tag]]\nslug = "a"\nwords = "a"', "tags.toml: tag 'a': words must be a list of texts"),
        ('[[tag]]\nslug = "a"\nwords = [1]', "tags.toml: tag 'a': words must be a list of texts"),
        ('[[tag]]\nslug = "a"\nlabel = 1\nwords = ["a"]', "tags.toml: tag 'a': label must be text"),
        ('[[tag]]\nslug = "a"', "tags.toml: tag 'a' would never be given: add words, phrases, sources or categories"),
        ('[[tag]]\nslug = "a"\nwords = ["…"]', "tags.toml: tag 'a': '…' in words holds no letter or digit"),
        ('[[tag]]\nslug = "a"\nwords = ["b c"]', "'b c' in words is more than one word: move it to phrases"),
        ('[[tag]]\nslug = "a"\nsources = ["https://x.org/"]', "must be a host name alone"),
        ('[[tag]]\nslug = "a"\nwords = ["b"]\n[[tag]]\nslug = "a"\nwords = ["c"]', "tag 'a' stands twice"),
    ],
)
def test_a_broken_file_is_refused_with_what_to_do(text: str, message: str) -> None:
    with pytest.raises(BrokenRules) as refusal:
        parse_rules(text, "tags.toml")
    assert message in str(refusal.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b"# caf\xe9")
    for path in (tmp_path / "missing.toml", tmp_path / "latin.toml", tmp_path):
        with pytest.raises(BrokenRules, match=str(path)):
            load_rules(path)


def test_a_file_without_tags_gives_none() -> None:
    assert given(parse_rules("# nothing yet", "t"), title="Climate") == []


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Central bank raises interest rates as inflation climbs", ["topic:economy"]),
        ("Prime minister calls early election", ["topic:election"]),
        ("Ransomware gang hits hospital group", ["topic:cyber-crime"]),
        ("Astronauts return from the space station", ["topic:space-exploration"]),
        ("Striker scores twice in Premier League opener", ["topic:soccer"]),
        ("The river bank where willows will match the water", []),
        ("Ten minutes of sun a day", []),
    ],
)
def test_the_rules_that_come_with_dateline_know_the_topics_of_the_news(title: str, expected: list[str]) -> None:
    assert given(load_rules(DEFAULT_TAGS), title=title) == expected
