"""Telling the wire that a feed changed, as publishers do, so that nobody has to poll every few seconds."""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime

import httpx

from services.cli.own_key import ShownKey
from services.cli.sample.addresses import Addresses
from services.cli.sample.editions import changes
from services.cli.sample.script import Publisher
from services.contracts.identity import feed_id

logger = logging.getLogger(__name__)

_READY_CHECK_S = 0.25
_AFTER_PRESS_S = 0.05


def feed_urls(script: Sequence[Publisher], at: Addresses) -> dict[str, list[str]]:
    """The feeds of each publisher, by its slug."""
    return {paper.slug: [at.feed(paper.slug, feed.path) for feed in paper.feeds] for paper in script}


class Pinger(threading.Thread):
    """Asks the API at `api` to refresh all feeds once it is ready, and a publisher's at each of its changes to come.

    A feed that the API does not know was removed by its user, and is left alone. Ends after the last change.
    """

    def __init__(
        self,
        script: Sequence[Publisher],
        at: Addresses,
        epoch: datetime,
        api: str,
        clock: Callable[[], datetime],
    ) -> None:
        super().__init__(name="pinger", daemon=True)
        self._feeds = feed_urls(script, at)
        self._ahead = [change for change in changes(script, epoch) if change[0] > clock()]
        self._api, self._clock = api, clock
        self._stop = threading.Event()

    def run(self) -> None:
        with httpx.Client(base_url=self._api, timeout=5, trust_env=False, auth=ShownKey(api_is_here=True)) as client:
            while not self._is_ready(client):
                if self._stop.wait(_READY_CHECK_S):
                    return
            for publisher in self._feeds:  # what was printed while nobody listened
                self._ping_all(client, publisher)
            for moment, publisher in self._ahead:
                if self._stop.wait(max(0.0, (moment - self._clock()).total_seconds()) + _AFTER_PRESS_S):
                    return
                self._ping_all(client, publisher)

    def stop(self) -> None:
        self._stop.set()

    def _is_ready(self, client: httpx.Client) -> bool:
        try:
            return client.get("/readyz").is_success
        except httpx.HTTPError:
            return False

    def _ping_all(self, client: httpx.Client, publisher: str) -> None:
        for url in self._feeds[publisher]:
            try:
                client.post(f"/v1/feeds/{feed_id(url)}/refresh")
            except httpx.HTTPError as error:  # the next change, or the next poll, makes up for it
                logger.info("the API could not be told of %s: %s", url, error)
