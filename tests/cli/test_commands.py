"""The commands that talk to the API, against a wire that runs."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.dateline import COMMAND, dateline, environment, process
from tests.cli.wire import Up, Wire


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    """The commands are run above its data, where they find the key that it made."""
    wire = Wire(tmp_path_factory.mktemp("wire") / "var")
    with wire.up() as up, pytest.MonkeyPatch.context() as patch:
        patch.chdir(wire.data.parent)
        up.until_ready()
        up.until(lambda: len(up.articles()) >= 31 and all(article["enriched"] for article in up.articles()))
        yield up
        up.press_ctrl_c()
        up.finish()


def ask(up: Up, *arguments: str | Path) -> str:
    """What a command that succeeds prints."""
    done = dateline(*arguments, "--api", up.wire.api)
    assert done.status == 0, done.err
    return done.out


def refusal(api: str, *arguments: str | Path) -> str:
    """The one line of a command that fails."""
    done = dateline(*arguments, "--api", api)
    assert done.status == 1
    assert done.err.count("\n") == 1
    return done.err


def feeds(up: Up) -> dict[str, dict[str, Any]]:
    return {feed["url"]: feed for feed in json.loads(ask(up, "feeds", "list", "--json"))}


def test_headlines_are_lines_with_ages(up: Up) -> None:
    lines = ask(up, "headlines", "--limit", "3", "--source", "canal.localhost").splitlines()
    assert len(lines) == 3
    assert any(line.startswith("- À Valbrune, l’écluse numéro neuf rouvre") for line in lines)
    assert all(line.endswith(" ago") or line.endswith(" just now") for line in lines)


def test_headlines_are_filtered_by_tag_language_and_words(up: Up) -> None:
    found = json.loads(ask(up, "headlines", "--json", "--lang", "de", "--q", "Störche", "--tag", "category:umwelt"))
    assert [article["title"][:13] for article in found["headlines"]] == ["Störche niste"]


def test_the_apis_complaint_is_passed_on(up: Up) -> None:
    assert "tag" in refusal(up.wire.api, "headlines", "--tag", "")


def test_feeds_are_listed_added_edited_and_removed(up: Up, tmp_path: Path) -> None:
    assert len(feeds(up)) == 7
    url = f"http://127.0.0.1:{up.wire.sample_port}/tidewater/other.xml"
    assert url in ask(up, "feeds", "add", url, "--title", "Other", "--tag", "local")
    up.until(lambda: feeds(up).get(url, {}).get("status") == "failing")
    assert feeds(up)[url]["tags"] == ["local"]
    assert "404" in ask(up, "feeds", "list")
    ask(
        up, "feeds", "edit", url, "--title", "Another", "--no-tags", "--full-text", "--poll-min", "5", "--poll-max", "9"
    )
    up.until(lambda: feeds(up)[url]["title"] == "Another")
    choices = {"tags": [], "full_text": True, "poll_min_s": 5, "poll_max_s": 9}
    assert choices.items() <= feeds(up)[url].items()
    ask(up, "feeds", "edit", feeds(up)[url]["id"], "--tag", "a", "--tag", "b", "--no-full-text", "--no-poll-max")
    up.until(lambda: feeds(up)[url]["tags"] == ["a", "b"])
    assert {"full_text": False, "poll_min_s": 5, "poll_max_s": None}.items() <= feeds(up)[url].items()
    kept = tmp_path / "kept.opml"
    kept.write_text(ask(up, "feeds", "list", "--opml"))
    assert f"removed {url}" in ask(up, "feeds", "remove", url)
    up.until(lambda: url not in feeds(up) or feeds(up)[url]["status"] == "removed")
    assert "8 feeds added" in ask(up, "feeds", "add", kept)
    up.until(lambda: feeds(up).get(url, {}).get("status") not in (None, "removed"))
    ask(up, "feeds", "remove", feeds(up)[url]["id"])


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("feeds", "add", "ftp://example.org/"), "http or https URL"),
        (("feeds", "add", "example.org"), "neither a file nor a whole address"),
        (("feeds", "remove", "http://nowhere.example/"), "there is no feed http://nowhere.example/"),
        (("feeds", "remove", "00000000-0000-0000-0000-000000000000"), "there is no feed"),
        (("feeds", "edit", "http://nowhere.example/", "--title", "x"), "there is no feed http://nowhere.example/"),
        (("feeds", "edit", "http://nowhere.example/"), "nothing to change"),
        (("feeds", "edit", "http://nowhere.example/", "--tag", "x", "--no-tags"), "leave one of the two out"),
        (("feeds", "add", "http://127.0.0.1:9/", "--as-it-is", "--poll-min", "9", "--poll-max", "1"), "poll_min_s"),
        (("submit", "nothing.json"), "nothing.json cannot be read"),
        (("tail", "--since", "yesterday"), "since"),
    ],
)
def test_what_cannot_be_done_is_one_line(up: Up, arguments: tuple[str, ...], complaint: str) -> None:
    assert complaint in refusal(up.wire.api, *arguments)


def test_articles_are_submitted_from_a_file_or_lines_and_their_ids_printed(up: Up, tmp_path: Path) -> None:
    article = {"title": "Sent by hand", "key": "1", "source": {"name": "The Desk"}, "text": "Some words."}
    whole, lines = tmp_path / "article.json", tmp_path / "articles.jsonl"
    whole.write_text(json.dumps(article, indent=2))
    lines.write_text(f"{json.dumps(article)}\n\n{json.dumps(article | {'key': '2'})}\n")
    [first] = ask(up, "submit", whole).split()
    again, second = ask(up, "submit", lines).split()
    assert again == first != second
    up.until(lambda: {first, second} <= {found["id"] for found in up.articles() if found["enriched"]})
    piped = process("submit", "-", stdin=whole.read_bytes(), DATELINE_API=up.wire.api)
    assert piped.stdout.decode().split() == [first]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "is empty"),
        ("{}\n{", "line 1: title: Field required"),
        ('{\n"title"', "line 1 is no JSON"),
        ('[{"title": "x", "key": "1"}]', "articles.json: body: Input should be a valid dictionary"),
        ("\ufeff{", "line 1 is no JSON"),
    ],
)
def test_what_cannot_be_submitted_is_one_line_that_names_the_place(
    up: Up, tmp_path: Path, text: str, complaint: str
) -> None:
    file = tmp_path / "articles.json"
    file.write_text(text)
    assert complaint in refusal(up.wire.api, "submit", file)


@pytest.mark.parametrize("arguments", [("headlines",), ("tail",), ("feeds", "list")])
def test_an_api_out_of_reach_is_one_line(arguments: tuple[str, ...]) -> None:
    line = refusal("http://127.0.0.1:1", *arguments)
    assert line.startswith("dateline: no API answers at http://127.0.0.1:1")


def test_what_is_no_api_is_named(up: Up) -> None:
    assert "Is --api right?" in refusal(f"http://127.0.0.1:{up.wire.sample_port}", "headlines")


def test_check_reads_a_feed_without_adding_it(up: Up, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_ALLOW_HOSTS", "127.0.0.1")
    done = dateline("feeds", "check", f"http://127.0.0.1:{up.wire.sample_port}/orrery/index.rdf")
    assert "title     The Orrery Review" in done.out
    assert "format    RSS 1.0" in done.out
    assert done.status == 0


def test_check_says_why_a_feed_cannot_be_read(up: Up, monkeypatch: pytest.MonkeyPatch) -> None:
    root = f"http://127.0.0.1:{up.wire.sample_port}"
    assert "loopback" in dateline("feeds", "check", f"{root}/orrery/index.rdf").out
    monkeypatch.setenv("DATELINE_ALLOW_HOSTS", "127.0.0.1")
    done = dateline("feeds", "check", f"{root}/none")
    assert done.status == 1
    assert "404" in done.out


def test_a_site_is_added_by_its_own_feed(up: Up, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_ALLOW_HOSTS", "127.0.0.1")
    root = f"http://127.0.0.1:{up.wire.sample_port}/orrery"
    said = ask(up, "feeds", "add", f"{root}/")
    assert said.startswith(f"found {root}/index.rdf: ")
    assert f"added {root}/index.rdf" in said


def test_tail_goes_on_after_an_event_and_shows_each_article_with_its_tags(up: Up) -> None:
    command = [*COMMAND, "tail", "--since", "0-0_0-0_0-0", "--source", "canal.localhost"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment(DATELINE_API=up.wire.api)) as tail:
        assert tail.stdout
        lines = [tail.stdout.readline().decode() for _ in range(3)]
        tail.terminate()
    assert all("  La Gazette du Canal  " in line for line in lines)
    assert any("Premières neiges au col de Saint-Aubry" in line and "[Météo" in line for line in lines)
