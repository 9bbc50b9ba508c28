"""`dateline tags check`: a rules file is read as enrich reads it, before enrich does."""

from pathlib import Path

import pytest

from tests.cli.dateline import dateline

GOOD = """forbid = ["person:*"]

[[tag]]
slug = "ferries"
words = ["ferry"]

[[rename]]
tags = ["category:uk-news", "category:uk"]
slug = "place:united-kingdom"
label = "United Kingdom"
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return tmp_path / "tags.toml"


def test_a_file_that_can_be_used_is_summed_up(rules: Path) -> None:
    rules.write_text(GOOD)
    done = dateline("tags", "check", rules)
    assert (done.status, done.out, done.err) == (0, f"{rules}: 1 tags, 2 renamed, 1 forbidden\n", "")


def test_each_fault_is_a_line_that_says_where_and_what_to_do(rules: Path) -> None:
    rules.write_text(GOOD + '\n[[tag]]\nslug = "Boats"\n\n[[tag]]\nslug = "harbours"\n\n[[rename]]\nslug = "a"\n')
    done = dateline("tags", "check", rules)
    assert (done.status, done.out) == (2, "")
    assert done.err.splitlines() == [
        f"{rules}: tag 'Boats': a slug is made of lower-case letters and digits joined by hyphens: write 'boats'"
        " (the [[tag]] of line 12)",
        f"{rules}: tag 'harbours' would never be given: add words, phrases, sources or categories"
        " (the [[tag]] of line 15)",
        f"{rules}: [[rename]] number 2: it says of no tag what it becomes: add tags, a list of slugs"
        " (the [[rename]] of line 18)",
    ]


@pytest.mark.parametrize(("text", "said"), [("tag = [", "not valid TOML"), (None, "cannot be read")])
def test_a_file_that_is_none_is_told_of_too(rules: Path, text: str | None, said: str) -> None:
    if text is not None:
        rules.write_text(text)
    done = dateline("tags", "check", rules)
    assert (done.status, done.out) == (2, "")
    assert said in done.err
    assert len(done.err.splitlines()) == 1
