"""Whatever articles say, the feeds made of them are well-formed, and say it."""

import json
import re
from datetime import UTC, datetime
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from services.api.output.atom import atom
from services.api.output.feed import Entry, Feed, Origin
from services.api.output.jsonfeed import json_feed
from services.api.output.rss import rss
from services.contracts.articles import Enclosure
from tests.api.events import article_id
from tests.properties.amount import examples
from tests.properties.texts import anything

_ATOM = "{http://www.w3.org/2005/Atom}"
_moments = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
_some = anything | st.none()
_words = anything.filter(bool)
_files = st.builds(Enclosure, url=anything, type=_some, length=st.none() | st.integers(0, 9))
_entries = st.builds(
    Entry,
    id=st.integers(0, 99).map(article_id),
    title=anything, url=_some, page=anything, published=st.none() | _moments, updated=_moments, summary=_some,
    html=_some,
    authors=st.lists(anything, max_size=3).map(tuple),
    tags=st.lists(st.tuples(_words, _words), max_size=3).map(tuple),
    language=_some, image=_some,
    enclosures=st.lists(_files, max_size=2).map(tuple),
    origin=st.builds(Origin, id=_words, name=anything, site=_some, feed=_some, feed_title=_some),
    api=anything, revision=st.integers(1, 9), time=_moments, time_method=anything,
)  # fmt: skip
_feeds = st.builds(
    Feed,
    id=st.just(article_id(0)), title=anything, about=anything, here=anything, page=anything,
    entries=st.lists(_entries, max_size=3).map(tuple), next=_some, first=_some,
)  # fmt: skip


@given(_feeds)
@examples(60)
def test_feeds_are_well_formed_and_have_each_entry(feed: Feed) -> None:
    titles = [entry.title for entry in feed.entries]
    channel = ElementTree.fromstring(rss(feed).encode()).find("channel")
    assert channel is not None
    assert [_read(found.findtext("title")) for found in channel.findall("item")] == list(map(_writable, titles))
    root = ElementTree.fromstring(atom(feed).encode())
    assert [_read(found.findtext(f"{_ATOM}title")) for found in root.findall(f"{_ATOM}entry")] == list(
        map(_writable, titles)
    )
    assert [found["title"] for found in json.loads(json_feed(feed))["items"]] == titles


def _read(text: str | None) -> str:
    return (text or "").strip()


def _writable(text: str) -> str:
    """What XML 1.0 can hold of it, as its parsers read line breaks."""
    kept = re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
    return kept.replace("\r\n", "\n").replace("\r", "\n").strip()
