"""What ingest would publish of a file."""

import json
from datetime import UTC, datetime
from pathlib import Path

from services.contracts.articles import Article
from services.contracts.identity import article_id, feed_id
from services.ingest.offline import parse_lines
from services.ingest.parse import ParsedFeed, parse_feed
from tests.ingest.feeds import item, rss

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def parse(body: bytes, url: str) -> ParsedFeed:
    return parse_feed(body, url=url)


def lines_of(path: Path, body: bytes) -> list[str]:
    path.write_bytes(body)
    return list(parse_lines(path, now=NOW, parse=parse))


def test_every_entry_is_a_line_with_an_article(tmp_path: Path) -> None:
    path = tmp_path / "feed.xml"
    articles = [Article.model_validate_json(line) for line in lines_of(path, rss(item(1), item(2)))]
    assert [article.guid for article in articles] == ["1", "2"]
    first = articles[0]
    assert (first.revision, first.first_seen, first.seen) == (1, NOW, NOW)
    assert first.id == article_id("https://harbour-courier.example/1", path.as_uri(), "1")
    assert first.feed.url == path.as_uri()


def test_a_feed_that_names_itself_is_known_by_that_name(tmp_path: Path) -> None:
    own = "https://harbour-courier.example/feed.xml"
    link = f'<title>t</title><link xmlns="http://www.w3.org/2005/Atom" rel="self" href="{own}"/>'
    (line,) = lines_of(tmp_path / "feed.xml", rss("<title>a</title><link>/rel</link>", channel=link))
    article = Article.model_validate_json(line)
    assert (article.feed.id, article.feed.url) == (feed_id(own), own)
    assert article.url == "https://harbour-courier.example/rel"


def test_a_feed_that_names_itself_is_read_once_where_its_name_is_found_at_once(tmp_path: Path) -> None:
    own, path, read = "https://harbour-courier.example/feed.xml?a=1&amp;b=2", tmp_path / "feed.xml", list[str]()

    def count(body: bytes, url: str) -> ParsedFeed:
        read.append(url)
        return parse(body, url)

    for link, times in (
        (f'<title>t</title><link xmlns="http://www.w3.org/2005/Atom" rel="self" href="{own}"/>', 1),
        (f'<title>t</title><link xmlns="http://www.w3.org/2005/Atom" rel="s&#101;lf" href="{own}"/>', 2),
        ('<title>t</title><!-- <link rel="self" href="https://other.example/"> -->', 2),
        ("<title>t</title>", 1),
    ):
        read.clear()
        path.write_bytes(rss("<title>a</title><link>/rel</link>", channel=link))
        (line,) = parse_lines(path, now=NOW, parse=count)
        assert len(read) == times
        expected = own.replace("&amp;", "&") if own in link else path.as_uri()
        assert Article.model_validate_json(line).feed.url == expected


def test_a_file_that_cannot_be_read_is_one_line_with_the_reason(tmp_path: Path) -> None:
    for path, body, reason in (
        (tmp_path / "page.html", b"<html></html>", "an HTML page"),
        (tmp_path / "empty", b"", "empty"),
        (tmp_path / "missing", None, "No such file"),
        (tmp_path, None, "directory"),
    ):
        lines = list(parse_lines(path, now=NOW, parse=parse)) if body is None else lines_of(path, body)
        (error,) = (json.loads(line)["error"] for line in lines)
        assert error["file"] == str(path)
        assert reason in error["reason"]
