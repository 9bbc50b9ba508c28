"""What the sample publisher answers to a GET: a pure function of the path, the epoch and now."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.cli.sample.addresses import Addresses
from services.cli.sample.editions import archive, editions
from services.cli.sample.formats import FORMATS
from services.cli.sample.pages import article_page, home, street
from services.cli.sample.script import Publisher

_HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole representation with its validators. `changed` is when it last differed, if that is known."""

    media_type: str
    body: bytes
    changed: datetime | None = None

    @property
    def etag(self) -> str:
        """A strong entity tag (RFC 9110, 8.8.3): equal exactly where the bytes are."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:32]}"'


def answer(
    script: Sequence[Publisher], at: Addresses, host: str, path: str, epoch: datetime, now: datetime
) -> Answer | None:
    """None where nothing is. `host` is the request's; `tidewater.localhost` stands for the path `/tidewater`."""
    papers = {publisher.slug: publisher for publisher in script}
    name = host.partition(".")[0]
    parts = [part for part in path.partition("?")[0].split("/") if part]
    if name in papers:
        parts = [name, *parts]
    if not parts:
        return Answer(_HTML, street(script, at).encode())
    paper = papers.get(parts[0])
    if paper is None:
        return None
    if len(parts) == 1:
        return Answer(_HTML, home(paper, archive(paper, epoch, now), at).encode())
    if len(parts) == 3 and parts[1] == "articles":
        return _article(paper, parts[2], at, epoch, now)
    return _feed(paper, "/".join(parts[1:]), at, epoch, now)


def _article(paper: Publisher, slug: str, at: Addresses, epoch: datetime, now: datetime) -> Answer | None:
    for article in archive(paper, epoch, now):
        if article.slug == slug:
            page = article_page(paper, article, at)
            return Answer(_HTML, page.encode(), article.updated or article.published)
    return None


def _feed(paper: Publisher, path: str, at: Addresses, epoch: datetime, now: datetime) -> Answer | None:
    for edition in editions([paper], epoch, now):
        if edition.feed.path == path:
            written = FORMATS[edition.feed.format]
            return Answer(written.media_type, written.write(edition, at).encode(), edition.changed)
    return None
