"""docker-compose.yml on a real engine: it builds, becomes healthy, carries an article, and is shut tight."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.conftest import free_port
from tests.containers.stack import NoEngine, Stack, tools

pytestmark = pytest.mark.containers

SERVICES = ["redis", "ingest", "enrich", "api"]
OURS = ["ingest", "enrich", "api"]

FEED = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel>
  <title>The Quayside Gazette</title><link>http://publisher:8080/</link><description>Harbour news</description>
  <item>
    <title>Ferry returns after a winter of repairs</title><link>http://publisher:8080/ferry.html</link>
    <guid isPermaLink="false">quayside-1</guid><category>Transport</category>
    <pubDate>Mon, 02 Mar 2026 07:30:00 +0100</pubDate>
    <description>The island ferry sails again on Monday, the harbour office said.</description>
  </item>
</channel></rss>
"""
LIST = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>Test</title></head><body>
  <outline text="harbour"><outline type="rss" text="Gazette" xmlUrl="http://publisher:8080/feed.xml"/></outline>
</body></opml>
"""


@pytest.fixture(scope="module")
def http_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, http_port: int) -> Iterator[Stack]:
    """The whole wire, healthy, reading a feed that another container of the same image publishes."""
    try:
        tools()
    except NoEngine as reason:
        pytest.skip(str(reason))
    folder = tmp_path_factory.mktemp("compose")
    for name, text in {"site/feed.xml": FEED, "site/ferry.html": "<p>Ahoy", "feeds/test.opml": LIST}.items():
        (folder / name).parent.mkdir(mode=0o755, exist_ok=True)
        (folder / name).write_text(text)
    publisher = {
        "image": "dateline:under-test",
        "init": True,
        "command": ["python", "-m", "http.server", "8080", "--directory", "/site"],
        "volumes": [f"{folder / 'site'}:/site:ro"],
    }
    override = folder / "override.yml"
    reads_the_list = {"volumes": [f"{folder / 'feeds'}:/app/feeds:ro"]}
    override.write_text(json.dumps({"services": {"publisher": publisher, "ingest": reads_the_list}}))
    stack = Stack(
        project=f"dateline-test-{uuid4().hex[:8]}",
        override=override,
        settings={
            "DATELINE_HTTP_PORT": str(http_port),
            "DATELINE_REDIS_PORT": str(free_port()),
            "DATELINE_OPML": "feeds/test.opml",
            "DATELINE_ALLOW_HOSTS": "publisher",
            "DATELINE_POLL_INTERVAL_S": "5",
        },
    )
    try:
        stack.compose("build", timeout_s=600)
        stack.compose("up", "-d", timeout_s=120)
        stack.wait_for("every service is healthy", lambda: all(stack.health(name) == "healthy" for name in SERVICES))
        yield stack
    finally:
        stack.compose("down", "--volumes", "--timeout", "20", timeout_s=120)
        stack.docker("image", "rm", stack.image)


def headlines(port: int) -> list[dict[str, Any]]:
    """The newest articles, or none while the API does not answer."""
    try:
        answer = httpx.get(f"http://127.0.0.1:{port}/v1/articles", timeout=5)
    except httpx.TransportError:
        return []
    articles: list[dict[str, Any]] = answer.raise_for_status().json()["articles"]
    return articles


def test_an_article_of_a_feed_in_the_list_is_served_enriched(stack: Stack, http_port: int) -> None:
    stack.wait_for("the article is enriched", lambda: any(found["enriched"] for found in headlines(http_port)))
    (article,) = headlines(http_port)
    assert article["title"] == "Ferry returns after a winter of repairs"
    assert article["time"] == "2026-03-02T06:30:00Z"
    assert "category:transport" in {tag["slug"] for tag in article["tags"]}
    assert article["title"] in httpx.get(f"http://127.0.0.1:{http_port}/").raise_for_status().text


@pytest.mark.parametrize("service", SERVICES)
def test_a_container_runs_as_a_plain_user_who_can_gain_nothing(stack: Stack, service: str) -> None:
    status = dict(
        line.split(":\t", 1) for line in stack.run_in(service, "cat", "/proc/self/status").splitlines() if ":\t" in line
    )
    assert "0" not in status["Uid"].split()
    assert int(status["CapEff"], 16) == int(status["CapBnd"], 16) == 0
    assert status["NoNewPrivs"] == "1"


@pytest.mark.parametrize("service", SERVICES)
def test_a_container_cannot_change_its_own_files(stack: Stack, service: str) -> None:
    with pytest.raises(RuntimeError, match="Read-only file system"):
        stack.run_in(service, "sh", "-c", "exec touch /written")
    with pytest.raises(RuntimeError, match="Read-only file system"):
        stack.run_in(service, "sh", "-c", "exec touch /etc/written")


@pytest.mark.parametrize("service", OURS)
def test_our_containers_share_one_image_without_build_tools(stack: Stack, service: str) -> None:
    assert stack.inspect(service)["Config"]["Image"] == stack.image
    missing = "import importlib.util as u; print([n for n in ('pip', 'hatchling', 'pytest') if u.find_spec(n)])"
    assert stack.run_in(service, "python", "-c", missing).strip() == "[]"


def test_only_the_api_is_published_to_the_network(stack: Stack) -> None:
    published = {
        service: {bound["HostIp"] for bindings in ports.values() for bound in bindings or []}
        for service in SERVICES
        if (ports := stack.inspect(service)["NetworkSettings"]["Ports"])
    }
    assert published.pop("redis") == {"127.0.0.1"}
    assert "0.0.0.0" in published.pop("api")
    assert not any(published.values())


def test_redis_keeps_an_append_only_file_and_evicts_nothing(stack: Stack) -> None:
    def setting(name: str) -> str:
        return stack.run_in("redis", "redis-cli", "config", "get", name).split("\n")[1]

    assert (setting("appendonly"), setting("maxmemory-policy")) == ("yes", "noeviction")
    volumes = {mount["Destination"]: mount["Type"] for mount in stack.inspect("redis")["Mounts"]}
    assert volumes["/data"] == "volume"


def test_a_killed_api_comes_back_with_its_articles(stack: Stack, http_port: int) -> None:
    before = stack.inspect("api")["RestartCount"]
    kill_every_python = (
        "import os, signal, glob\n"
        "for path in glob.glob('/proc/[0-9]*/cmdline'):\n"
        "    pid = int(path.split('/')[2])\n"
        "    if b'services.api' in open(path, 'rb').read() and pid not in (1, os.getpid()):\n"
        "        os.kill(pid, signal.SIGKILL)\n"
    )
    stack.run_in("api", "python", "-c", kill_every_python)
    stack.wait_for("the api is restarted", lambda: stack.inspect("api")["RestartCount"] > before)
    stack.wait_for("the article is served again", lambda: len(headlines(http_port)) == 1)
    stack.wait_for("the api is healthy again", lambda: stack.health("api") == "healthy")


def test_it_stops_cleanly_and_starts_again_with_everything_still_there(stack: Stack, http_port: int) -> None:
    stack.compose("stop", timeout_s=120)
    assert {name: stack.inspect(name)["State"]["ExitCode"] for name in SERVICES} == dict.fromkeys(SERVICES, 0)
    stack.compose("down", timeout_s=120)
    stack.compose("up", "-d", timeout_s=120)
    stack.wait_for("all is healthy", lambda: all(stack.health(name) == "healthy" for name in SERVICES))
    (article,) = headlines(http_port)
    assert article["revision"] == 1
