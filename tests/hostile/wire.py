"""What these tests ask of the wire."""

import json
from typing import Any

import httpx

from services.contracts.streams import PAYLOAD, StreamNames
from tests.hostile.conftest import Scene

WITHIN_S = 120.0
_NAMES = StreamNames()


def add_feed(scene: Scene, path: str, kind: str, body: bytes) -> None:
    scene.feeds.documents[path] = (kind, body)
    answer = scene.wire.http.post("/v1/feeds", json={"url": scene.feeds.url(path)})
    assert answer.status_code == httpx.codes.ACCEPTED


def feed_state(scene: Scene, path: str) -> dict[str, Any]:
    """As soon as it was polled."""

    def polled(_wire: object) -> Any:
        states = scene.wire.get("/v1/feeds")["feeds"]
        return next((one for one in states if one["url"] == scene.feeds.url(path) and one["status"] != "new"), None)

    state: dict[str, Any] = scene.wire.until(polled, WITHIN_S)
    return state


def enriched(scene: Scene, count: int, **which: Any) -> list[dict[str, Any]]:
    """The articles, as soon as there are so many and all are enriched."""

    def all_here(_wire: object) -> Any:
        articles = scene.wire.every_article(**which)
        return articles if len(articles) == count and all(one["enriched"] for one in articles) else None

    articles: list[dict[str, Any]] = scene.wire.until(all_here, WITHIN_S)
    return articles


def events_of(scene: Scene, stream: str, subject: str) -> list[bytes]:
    """The payloads of an article's events, as they stand on the stream."""
    entries: Any = scene.redis.xrange(f"{_NAMES.prefix}:{stream}")
    payloads = [fields[PAYLOAD.encode()] for _id, fields in entries]
    return [payload for payload in payloads if json.loads(payload)["subject"] == subject]


def nothing_is_left_over(scene: Scene) -> bool:
    """Whether each group has settled everything, and quarantine is empty."""
    groups: list[Any] = [
        group
        for stream in (_NAMES.articles, _NAMES.enrichments, _NAMES.commands)
        for group in scene.redis.xinfo_groups(stream)
        if group["name"] != b"stories"  # which settles by the minute
    ]
    return all(group["lag"] == 0 and group["pending"] == 0 for group in groups) and not scene.redis.xlen(
        _NAMES.quarantine
    )


def refused_with_a_reason(answer: httpx.Response) -> bool:
    return (
        400 <= answer.status_code < 500
        and answer.headers["content-type"] == "application/problem+json"
        and bool(answer.json()["detail"])
    )
