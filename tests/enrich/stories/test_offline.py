"""`dateline stories`: the stories of a file."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.dateline import dateline, process
from tests.enrich.stories.wires import ELECTION, FIRE_ELSEWHERE

ARTICLES: list[dict[str, Any]] = [
    {
        "title": "Fire destroys the old fish market in Bergen",
        "summary": "Some 120 firefighters fought the blaze at the wooden fish market in Bergen's harbour.",
        "url": "https://courier.example/fire",
    },
    {"title": ELECTION.title, "text": "The Liberals took 41 of 67 seats in the regional parliament of Aragon."},
    {
        "title": FIRE_ELSEWHERE.title,
        "text": "Firefighters could not save the wooden fish market in the harbour of Bergen.",
        "published": "2026-03-01T10:00:00Z",
        "source": "tidings.example",
        "language": "en",
    },
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "articles.jsonl"
    file.write_text("\n".join(map(json.dumps, ARTICLES)) + "\n\n")
    return file


def lines(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def test_each_article_has_its_story(file: Path) -> None:
    done = dateline("stories", file)
    fire, election, again = lines(done.out)
    assert fire["story"] == fire["id"] == again["story"] != again["id"]
    assert election["story"] == election["id"]
    assert (done.status, done.err) == (0, "")


def test_standard_input_is_read_and_reasons_are_given(file: Path) -> None:
    told = lines(process("stories", "-", "--explain", stdin=file.read_bytes()).stdout.decode())
    assert [one["because"]["method"] for one in told] == ["opened", "opened", "similarity"]
    assert told[2]["because"]["nearest"] == told[0]["id"]
    assert told[2]["title"] == FIRE_ELSEWHERE.title


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("nonsense", "line 2: not valid JSON"),
        ('{"summary": "no title"}', "line 2: title: Field required"),
        ('{"title": null}', "line 2: title: "),
        ("[]", "line 2: not a JSON object"),
    ],
)
def test_a_bad_line_ends_it_with_its_number_and_status_2(tmp_path: Path, line: str, reason: str) -> None:
    file = tmp_path / "articles.jsonl"
    file.write_text(f"{json.dumps(ARTICLES[0])}\n{line}\n{json.dumps(ARTICLES[1])}\n")
    done = dateline("stories", file)
    assert len(lines(done.out)) == 1
    assert reason in done.err
    assert str(file) in done.err
    assert done.status == 2


def test_a_file_that_is_not_there_ends_it_with_status_2(tmp_path: Path) -> None:
    done = dateline("stories", tmp_path / "none.jsonl")
    assert "it cannot be read" in done.err
    assert done.status == 2


def test_an_article_with_an_address_needs_no_title(tmp_path: Path) -> None:
    file = tmp_path / "articles.jsonl"
    bare = {"title": None, "url": "https://tidings.example/bergen-fish-market-fire-destroys-old-market"}
    file.write_text(f"{json.dumps(ARTICLES[0])}\n{json.dumps(bare)}\n")
    fire, untitled = lines(dateline("stories", file).out)
    assert untitled["story"] == fire["id"]
