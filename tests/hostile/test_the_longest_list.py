"""A list of far more feeds than anybody has: taken in by the API, polled by ingest. The last file here, since the feeds
stay. None of them answers."""

import logging
import os
import time
from typing import Any

import httpx

from services.contracts.opml import Outline, write_opml
from tests.hostile.conftest import Scene
from tests.hostile.wire import nothing_is_left_over

logger = logging.getLogger(__name__)
_MANY = int(os.environ.get("FEEDS_IN_LIST", "2000"))
_WITHIN_S = 60 + _MANY / 10


def test_each_feed_is_taken_once_and_polled(scene: Scene) -> None:
    outlines = [
        Outline(f"http://127.0.0.1:1/list/{number}.xml", title=f"Feed {number}", tags=(f"Folder {number % 50}",))
        for number in range(_MANY)
    ]
    content = write_opml(outlines, title="All").encode()
    before, began = len(scene.wire.get("/v1/feeds")["feeds"]), time.monotonic()
    for added in (_MANY, 0):
        answer = scene.wire.http.post("/v1/feeds.opml", content=content, headers={"Content-Type": "text/x-opml"})
        answer.raise_for_status()
        if added:
            assert (answer.json()["added"], answer.json()["refused"]) == (added, [])
            taken = time.monotonic() - began
            states = scene.wire.until(lambda wire: _polled(wire.get("/v1/feeds")["feeds"], before + _MANY), _WITHIN_S)
            logger.info("%d feeds: taken in after %.1f s, polled after %.1f s", _MANY, taken, time.monotonic() - began)
        else:
            assert (answer.json()["added"], answer.json()["known"]) == (0, _MANY)
    ours = {state["url"]: state for state in states if "/list/" in state["url"]}
    assert ours.keys() == {outline.url for outline in outlines}
    assert all(state["title"] and state["tags"] and state["reason"] for state in ours.values())
    assert scene.wire.http.get("/feeds").status_code == httpx.codes.OK
    exported = scene.wire.http.get("/v1/feeds.opml").raise_for_status()
    assert all(outline.url in exported.text for outline in outlines)
    scene.wire.until(lambda _wire: nothing_is_left_over(scene), _WITHIN_S)


def _polled(states: list[dict[str, Any]], count: int) -> list[dict[str, Any]] | None:
    new = sum(state["status"] == "new" for state in states)
    return states if len(states) == count and not new else None
