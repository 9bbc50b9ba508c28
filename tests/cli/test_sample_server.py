"""The sample publisher over real HTTP."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from services.cli.sample.addresses import Addresses
from services.cli.sample.editions import changes
from services.cli.sample.ping import Pinger, feed_urls
from services.cli.sample.residence import Residence, ResidenceUnreadable, leave, read_residence, settle
from services.cli.sample.script import load_script
from services.cli.sample.server import SampleServer
from services.contracts.identity import feed_id
from tests.cli.recording import recording

EPOCH = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FEEDS = [f"/{paper.slug}/{feed.path}" for paper in load_script() for feed in paper.feeds]


class Clock:
    def __init__(self) -> None:
        self.now = EPOCH

    def __call__(self) -> datetime:
        return self.now


@contextmanager
def publishing(clock: Clock) -> Iterator[httpx.Client]:
    server = SampleServer(load_script(), EPOCH, 0, clock)
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    serving.start()
    with httpx.Client(base_url=server.addresses.root, trust_env=False) as client:
        yield client
    server.shutdown()
    serving.join()
    server.server_close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(clock: Clock) -> Iterator[httpx.Client]:
    with publishing(clock) as client:
        yield client


@pytest.mark.parametrize("path", FEEDS)
def test_an_unchanged_feed_is_not_sent_again(client: httpx.Client, clock: Clock, path: str) -> None:
    first = client.get(path)
    assert first.status_code == 200
    clock.now += timedelta(seconds=1)
    by_tag = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    by_date = client.get(path, headers={"If-Modified-Since": first.headers["last-modified"]})
    assert (by_tag.status_code, by_tag.content) == (304, b"")
    assert (by_date.status_code, by_date.content) == (304, b"")
    assert by_tag.headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize("path", [path for path in FEEDS if "politics" not in path])
def test_a_changed_feed_has_another_tag(client: httpx.Client, clock: Clock, path: str) -> None:
    first = client.get(path)
    clock.now += timedelta(minutes=10)
    second = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert second.status_code == 200
    assert second.headers["etag"] != first.headers["etag"]
    assert not second.headers["etag"].startswith("W/")
    by_date = client.get(path, headers={"If-Modified-Since": first.headers["last-modified"]})
    assert by_date.status_code == 200


@pytest.mark.parametrize(
    ("sent", "expected"), [("*", 304), ('"other"', 200), ('"other", {tag}', 304), ("W/{tag}", 304), ("rubbish", 200)]
)
def test_if_none_match_is_a_list_of_tags(client: httpx.Client, sent: str, expected: int) -> None:
    tag = client.get(FEEDS[0]).headers["etag"]
    assert client.get(FEEDS[0], headers={"If-None-Match": sent.format(tag=tag)}).status_code == expected


def test_a_date_that_is_none_is_ignored(client: httpx.Client) -> None:
    assert client.get(FEEDS[0], headers={"If-Modified-Since": "yesterday"}).status_code == 200


def test_head_says_what_get_would(client: httpx.Client) -> None:
    head, get = client.head(FEEDS[0]), client.get(FEEDS[0])
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(get.content))


def test_every_article_has_its_page(client: httpx.Client) -> None:
    for item in client.get("/northgate/feed.json").json()["items"]:
        page = client.get(item["url"])
        assert page.status_code == 200
        assert item["content_html"] in page.text


def test_an_article_to_come_has_no_page_yet(client: httpx.Client, clock: Clock) -> None:
    path = "/northgate/articles/keeper-loan-kessel"
    assert client.get(path).status_code == 404
    clock.now += timedelta(minutes=1)
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/nobody/feed.xml", "/tidewater/articles/none", "/tidewater/none.xml", "/%00"])
def test_what_is_not_there_is_404(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_papers_own_host_name_shows_its_front_page_with_its_feeds(client: httpx.Client) -> None:
    front = client.get("/", headers={"Host": "orrery.localhost:8089"})
    assert front.text == client.get("/orrery/").text
    assert 'rel="alternate" type="application/rdf+xml"' in front.text
    assert "Tidewater Courier" in client.get("/").text


def test_a_residence_stays_until_it_is_left(tmp_path: Path) -> None:
    assert read_residence(tmp_path) is None
    settled = settle(tmp_path, 8089, EPOCH)
    assert read_residence(tmp_path) == settled == Residence(port=8089, epoch=EPOCH)
    leave(tmp_path)
    assert read_residence(tmp_path) is None


def test_a_damaged_residence_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "sample.json").write_text("{")
    with pytest.raises(ResidenceUnreadable, match=r"sample\.json is damaged; delete it"):
        read_residence(tmp_path)


def test_the_wire_is_told_of_all_feeds_at_the_start_and_of_each_change_after_it() -> None:
    """One second after the last but one change, one is left, and it comes at once."""
    script, at = load_script(), Addresses(8089)
    last, publisher = changes(script, EPOCH)[-1]
    urls = feed_urls(script, at)
    started = time.monotonic()
    with recording() as api:
        Pinger(
            script,
            at,
            EPOCH,
            api.url,
            lambda: last - timedelta(seconds=1) + timedelta(seconds=time.monotonic() - started),
        ).run()
    expected = [url for group in urls.values() for url in group] + urls[publisher]
    assert api.asked == [f"POST /v1/feeds/{feed_id(url)}/refresh" for url in expected]
