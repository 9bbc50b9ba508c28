"""`dateline parse` and `dateline enrich`: all that can be read is printed, and no traceback ever."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.dateline import COMMAND, dateline, environment, process

FEED = b"""<rss version="2.0"><channel><title>The Paper</title><link>https://paper.example/</link>
<item><title>One</title><link>https://paper.example/1</link><pubDate>Tue, 3 Mar 2026 10:00 GMT</pubDate></item>
<item><title>Zwei \xc3\xbc</title><link>https://paper.example/2</link></item></channel></rss>"""


def lines(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    file = tmp_path / "feed.xml"
    file.write_bytes(FEED)
    return file


def test_parse_prints_an_article_a_line(feed: Path) -> None:
    done = dateline("parse", feed)
    assert [article["title"] for article in lines(done.out)] == ["One", "Zwei ü"]
    assert (done.status, done.err) == (0, "")


def test_parse_reads_standard_input() -> None:
    assert len(lines(process("parse", "-", stdin=FEED).stdout.decode())) == 2


def test_parse_says_in_its_place_what_cannot_be_read_and_goes_on(feed: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<!doctype html><html><body>hello</body></html>")
    done = dateline("parse", tmp_path / "none.xml", page, tmp_path, feed)
    missing, html, folder, *articles = lines(done.out)
    assert missing["error"] == {
        "file": str(tmp_path / "none.xml"),
        "reason": "it cannot be read: No such file or directory",
    }
    assert "HTML page" in html["error"]["reason"]
    assert "Is a directory" in folder["error"]["reason"]
    assert len(articles) == 2
    assert (done.status, done.err) == (1, "")


def test_enrich_prints_an_enrichment_a_line_in_order(tmp_path: Path) -> None:
    articles = tmp_path / "articles.jsonl"
    articles.write_text('{"title": "One", "published": "2026-03-01T10:00:00Z"}\nnonsense\n{"title": "Two"}\n')
    done = dateline("enrich", articles)
    one, broken, two = lines(done.out)
    assert (one["title"], two["title"]) == ("One", "Two")
    assert one["times"]["published"]["at"] == "2026-03-01T10:00:00Z"
    assert broken["error"]["line"] == 2
    assert (done.status, done.err) == (1, "")


def test_enrich_reads_what_parse_prints(feed: Path) -> None:
    done = process("enrich", "-", stdin=dateline("parse", feed).out.encode())
    assert [article["title"] for article in lines(done.stdout.decode())] == ["One", "Zwei ü"]
    assert done.returncode == 0


def test_enrich_says_what_file_cannot_be_read(tmp_path: Path) -> None:
    done = dateline("enrich", tmp_path / "none.jsonl")
    assert lines(done.out)[0]["error"]["file"] == str(tmp_path / "none.jsonl")
    assert (done.status, done.err) == (1, "")


def test_a_reader_that_goes_away_is_no_error_message(feed: Path) -> None:
    command = [*COMMAND, "parse", *[str(feed)] * 1_000]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()) as running:
        assert running.stdout
        assert running.stderr
        running.stdout.read(10)
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode != 0


def test_other_locales_do_not_break_the_output(feed: Path) -> None:
    assert "Zwei ü" in process("parse", feed, PYTHONIOENCODING="latin-1").stdout.decode()
