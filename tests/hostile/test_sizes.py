"""What is far too large is cut where the documentation says, or refused with a reason; nothing grows by it."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis.typing import EncodableT

from services.contracts.bounds import BODY, DATE, GUID, LISTED, NAME, TITLE
from services.contracts.streams import PAYLOAD
from tests.cli.dateline import process
from tests.conftest import ADMIN_KEY
from tests.hostile.conftest import Scene
from tests.hostile.monsters import MANY, SENTENCE, entry, large_feed, long_article, monsters, rss
from tests.hostile.wire import (
    WITHIN_S,
    add_feed,
    enriched,
    events_of,
    feed_state,
    nothing_is_left_over,
    refused_with_a_reason,
)

_HEADLINE_BYTES = 100_000
_ENRICHMENT_BYTES = 500_000
_MB = 1_000_000


@pytest.fixture(scope="module")
def served(scene: Scene) -> dict[str, dict[str, Any]]:
    """Each monster whole, by name."""
    add_feed(scene, "/monsters.xml", "application/rss+xml", large_feed())
    state = feed_state(scene, "/monsters.xml")
    assert (state["status"], state["articles"]) == ("active", len(monsters())), state["reason"]
    found = {}
    for article in enriched(scene, len(monsters()), feed=state["id"]):
        name = article["url"].rpartition("/")[2] if article["url"] else "guid"
        found[name] = scene.wire.get(f"/v1/articles/{article['id']}")
    return found


def test_what_one_article_has_too_much_of_is_cut(served: dict[str, dict[str, Any]]) -> None:
    assert served.keys() == monsters().keys()
    assert served["tags"]["categories"] == [f"tag {number}" for number in range(LISTED)]
    assert served["authors"]["authors"] == [f"a{number}" for number in range(LISTED)]
    assert served["category"]["categories"] == [f"{SENTENCE}{SENTENCE}"[: len(SENTENCE) - 1]]
    assert len(SENTENCE) < NAME
    assert served["title"]["title"] == ((SENTENCE * 10)[: TITLE - 1].rpartition(". ")[0] + ".")
    assert served["word"]["title"] == "W" * (TITLE - 1) + "…"
    assert len(served["guid"]["guid"]) == GUID
    assert len(served["files"]["enclosures"]) == LISTED
    assert served["date"]["enrichment"]["skipped"]["times.published"]
    assert len(served["open"]["text"]) == len("at the bottom")
    for article in served.values():
        assert len(article["source"]["name"]) <= NAME
        assert article["feeds"][0]["title"] == article["source"]["name"]
        assert len(article["html"] or "") <= BODY
        assert not [step for step in article["enrichment"]["skipped"] if not step.startswith("times.")]


def test_no_headline_and_no_event_is_large(scene: Scene, served: dict[str, dict[str, Any]]) -> None:
    for name, article in served.items():
        listed = scene.wire.every_article(feed=article["feeds"][0]["id"], since="1990-01-01")
        [headline] = [one for one in listed if one["id"] == article["id"]]
        assert len(json.dumps(headline)) < _HEADLINE_BYTES, name
        [event] = events_of(scene, "articles", article["id"])
        assert len(event) < 3 * BODY, name
        for enrichment in events_of(scene, "enrichments", article["id"]):
            assert len(enrichment) < _ENRICHMENT_BYTES, name
        assert len(json.loads(event)["data"].get("published") or "") <= DATE


def test_ten_megabytes_of_text_are_served_up_to_the_bound(scene: Scene) -> None:
    body = long_article()
    assert 9 * _MB < len(body) < 10 * _MB
    add_feed(scene, "/long.xml", "application/rss+xml", body)
    [article] = enriched(scene, 1, source="long.example")
    whole = scene.wire.get(f"/v1/articles/{article['id']}")
    assert BODY * 0.9 < len(whole["html"]) <= BODY
    assert whole["html"].startswith(f"<p>{SENTENCE}</p><p>The harbour")
    assert whole["text"].endswith("\n\n…")
    assert whole["text"].startswith(f"{SENTENCE.strip()}\n\nThe harbour")
    assert 200 < len(whole["summary"]) <= 301
    assert whole["enrichment"]["names"]
    page = scene.wire.http.get(article["links"]["page"])
    assert page.status_code == httpx.codes.OK
    for form in ("rss", "atom", "jsonfeed"):
        assert scene.wire.http.get(f"/v1/articles.{form}?source=long.example").status_code == httpx.codes.OK
    [found] = scene.wire.get("/v1/articles", q="ferry terminal", source="long.example", highlight="true")["articles"]
    assert len(found["snippet"]["text"]) < 10_000


def test_a_feed_that_is_larger_than_any_may_be_says_so(scene: Scene) -> None:
    body = rss([entry("too-large", f"<description>{'x' * (10 * _MB)}</description>")])
    add_feed(scene, "/too-large.xml", "application/rss+xml", body)
    state = feed_state(scene, "/too-large.xml")
    assert (state["status"], state["articles"]) == ("failing", 0)
    assert "10000000 bytes" in state["reason"].replace(",", ""), state["reason"]


def test_a_submission_has_a_megabyte_at_most(scene: Scene) -> None:
    article = {"url": "https://sent.example/1", "title": "Sent", "html": "<p>" + "x" * (10 * _MB)}
    for document in (article, {**article, "html": "x", "categories": [f"tag {number}" for number in range(MANY)]}):
        answer = scene.wire.http.post("/v1/articles", json=document)
        assert refused_with_a_reason(answer)
    assert scene.wire.http.post("/v1/articles", json={**article, "html": None, "text": "&" * 900_000}).is_success
    [sent] = enriched(scene, 1, source="sent.example")
    whole = scene.wire.get(f"/v1/articles/{sent['id']}")
    assert 800_000 < len(whole["html"]) <= BODY
    pushed = scene.wire.http.post(f"/v1/push/{sent['id']}/x", content=b"x" * (10 * _MB))
    assert refused_with_a_reason(pushed)
    assert refused_with_a_reason(scene.wire.http.post("/v1/searches", json={"name": "x", "q": "x" * _MB}))


def test_ten_megabytes_in_quarantine_can_be_listed_shown_and_dropped(scene: Scene) -> None:
    large: dict[EncodableT, EncodableT] = {PAYLOAD: b'{"no": "' + b"x" * (10 * _MB) + b'"}'}
    scene.redis.xadd("dateline:articles", large)
    scene.wire.until(lambda wire: wire.get("/v1/quarantine")["total"] == 2, WITHIN_S)
    base, listing = str(scene.wire.http.base_url), scene.wire.http.get("/v1/quarantine")
    assert len(listing.content) < 10_000
    [first, second] = listing.json()["events"]
    assert {first["group"], second["group"]} == {"api", "enrich"}
    assert len(scene.wire.get(f"/v1/quarantine/{first['id']}")["original"]) > 10 * _MB
    for command, told in (("list", first["id"]), ("show", first["why"]), ("drop", "2")):
        further = {"list": [], "show": [first["id"]], "drop": ["--all"]}[command]
        ended = process("quarantine", command, *further, "--api", base, DATELINE_API_KEY=ADMIN_KEY)
        assert ended.returncode == 0, ended.stderr
        assert told in ended.stdout.decode()
    assert scene.wire.get("/v1/quarantine")["total"] == 0
    scene.wire.until(lambda _wire: nothing_is_left_over(scene), WITHIN_S)


def test_the_services_have_not_grown_by_it(scene: Scene, served: dict[str, dict[str, Any]]) -> None:
    """Peaks, since their start; the children that parse and enrich aside, which have bounds of their own."""
    assert served
    peaks = {name: _peak_mb(pid) for name, pid in scene.wire.pids().items()}
    assert max(peaks.values()) < 700, peaks


def _peak_mb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        pytest.skip("this system does not tell how much memory a process has taken")
    [line] = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) // 1024
