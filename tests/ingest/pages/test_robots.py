"""What robots may read: RFC 9309, with a real server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from services.ingest.fetch import Fetcher, Limits, Wanted
from services.ingest.outcomes import Failed, Fetched
from services.ingest.pages.robots import Robots, RobotsRefuse, product_token, read_rules
from tests.ingest.feed_server import Answer, FeedServer, answer, feed_server, raw

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ALL = "User-agent: *\nDisallow: /"


def allows(text: str) -> bool:
    try:
        read_rules(Fetched(text.encode(), "")).check("https://e.example/news/1?a=b", "Dateline")
    except RobotsRefuse:
        return False
    return True


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", True),
        ("<html>not found</html>", True),
        (ALL, False),
        (f"\ufeff{ALL}", False),
        (ALL.replace("\n", "\r\n"), False),
        ("User-agent: *\nDisallow:", True),
        ("user-agent: DATELINE\ndisallow: /news", False),
        ("User-agent: Otherbot\nDisallow: /", True),
        ("User-agent: Dateline\nDisallow:\n\nUser-agent: *\nDisallow: /", True),
        ("User-agent: Dateline\nUser-agent: Otherbot\nDisallow: /news/", False),
        ("User-agent: Dateline\nDisallow: /a\n\nUser-agent: Dateline\nDisallow: /news", False),
        ("User-agent: *\nDisallow: /news\nAllow: /news/1", True),
        ("User-agent: *\nAllow: /news/1\nDisallow: /news", True),
        ("User-agent: *\nAllow: /news\nDisallow: /news/1", False),
        ("User-agent: *\nAllow: /news\nDisallow: /news", True),
        ("User-agent: *\nDisallow: /*?a=", False),
        ("User-agent: *\nDisallow: /*/1$", True),
        ("User-agent: *\nDisallow: /*b$", False),
        ("User-agent: *\nDisallow: /NEWS", True),
        ("User-agent: *\nDisallow: /new%73", False),
        ("Disallow: /\nUser-agent: *\n", True),
    ],
)
def test_the_most_specific_rule_of_our_group_holds(text: str, allowed: bool) -> None:
    assert allows(text) is allowed


@pytest.mark.parametrize(
    ("agent", "token"), [("Dateline/0.1 (news wire)", "Dateline"), ("my-wire_2 x", "my-wire_"), ("(odd)", "(odd)")]
)
def test_our_name_is_what_the_user_agent_begins_with(agent: str, token: str) -> None:
    assert product_token(agent) == token


@pytest.mark.parametrize(
    ("rule", "delay_s"),
    [("7", 7.0), ("0.5", 0.5), ("86400", 30.0), ("-1", 0.0), ("often", 0.0), ("nan", 0.0), ("", 0.0)],
)
def test_a_crawl_delay_is_kept_within_bounds(rule: str, delay_s: float) -> None:
    text = f"User-agent: *\nCrawl-delay: {rule}\nDisallow: /private"
    assert read_rules(Fetched(text.encode(), "")).delay_s("Dateline") == delay_s


def test_rules_beyond_the_limit_do_not_count() -> None:
    assert allows("# " + "x" * 600_000 + "\n" + ALL)


def test_rules_without_number_allow_nothing() -> None:
    text = "".join(f"User-agent: a{number}\n" for number in range(3_000)) + "Disallow: /*a*b\n" * 20_000
    with pytest.raises(RobotsRefuse, match="more groups and rules"):
        read_rules(Fetched(text.encode(), "")).check("https://e.example/", "Dateline")


@asynccontextmanager
async def robots(clock: list[datetime]) -> AsyncIterator[Robots]:
    limits = Limits(timeout_s=0.3, body_bytes=1_000_000)
    async with Fetcher(
        user_agent="Dateline/0", allowed_hosts=frozenset({"127.0.0.1"}), limits=limits, clock=lambda: clock[0]
    ) as fetcher:
        yield Robots(fetcher, user_agent="Dateline/0", clock=lambda: clock[0])


@pytest.fixture
async def pages() -> AsyncIterator[FeedServer]:
    async with feed_server() as server:
        yield server


REDIRECT = answer(status="301 Moved Permanently", Location="/rules")


@pytest.mark.parametrize(
    ("served", "outcome"),
    [
        (answer(ALL.encode()), "refused"),
        (answer(b"User-agent: *\nAllow: /"), "allowed"),
        (answer(b"no", "404 Not Found"), "allowed"),
        (answer(b"no", "403 Forbidden"), "allowed"),
        (answer(b"no", "410 Gone"), "allowed"),
        (REDIRECT, "refused"),
        (answer(status="302 Found", Location="/robots.txt"), "allowed"),
        (answer(b"no", "500 Internal Server Error"), "for now"),
        (answer(b"no", "429 Too Many Requests"), "for now"),
        (raw(b""), "for now"),
        (raw(b"HTTP/1.1 200 OK\r\n", then_stall=True), "for now"),
    ],
)
async def test_no_rules_allow_all_and_a_failing_server_allows_nothing(
    pages: FeedServer, served: Answer, outcome: str
) -> None:
    pages.pages |= {"/robots.txt": served, "/rules": answer(ALL.encode())}
    found = "allowed"
    async with robots([NOW]) as asked:
        try:
            await asked.check(f"{pages.url}/news/1")
        except RobotsRefuse as refusal:
            found = "for now" if refusal.for_now else "refused"
    assert found == outcome


async def test_rules_are_asked_for_once_a_day_however_many_pages_there_are(pages: FeedServer) -> None:
    pages.pages["/robots.txt"] = answer(b"User-agent: *\nCrawl-delay: 2")
    clock = [NOW]
    async with robots(clock) as asked:
        await asyncio.gather(*(asked.check(f"{pages.url}/{number}") for number in range(10)))
        assert await asked.delay_s(f"{pages.url}/1") == 2.0
        assert pages.count("/robots.txt") == 1
        clock[0] += timedelta(hours=24)
        await asked.check(f"{pages.url}/1")
        assert pages.count("/robots.txt") == 2


async def test_rules_that_could_not_be_read_are_asked_for_again_soon(pages: FeedServer) -> None:
    pages.pages["/robots.txt"] = answer(b"no", "503 Service Unavailable")
    clock = [NOW]
    async with robots(clock) as asked:
        for minutes, times in ((0, 1), (4, 1), (6, 2)):
            clock[0] = NOW + timedelta(minutes=minutes)
            with pytest.raises(RobotsRefuse):
                await asked.check(f"{pages.url}/1")
            assert pages.count("/robots.txt") == times


async def test_every_hop_of_a_redirect_is_asked_about(pages: FeedServer) -> None:
    pages.pages |= {
        "/robots.txt": answer(b"User-agent: *\nDisallow: /closed"),
        "/open": answer(status="302 Found", Location="/closed/1"),
    }
    async with robots([NOW]) as asked:
        fetcher = asked._fetcher
        with pytest.raises(RobotsRefuse):
            await fetcher.fetch(f"{pages.url}/open", wanted=Wanted(before=asked.check))
        assert not isinstance(await fetcher.fetch(f"{pages.url}/closed/1"), Fetched)
        assert pages.count("/closed/1") == 1


def test_a_refused_address_is_left_to_the_page_itself() -> None:
    read_rules(Failed("address", "why")).check("http://10.0.0.1/", "Dateline")
