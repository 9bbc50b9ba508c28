"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/). The models are written and described in OpenAPI alike."""

from pydantic import BaseModel, ConfigDict, Field

from services.api.output.feed import Entry, Feed, media_type
from services.contracts.base import Instant

MEDIA_TYPE = "application/feed+json"
_VERSION = "https://jsonfeed.org/version/1.1"


class _Part(BaseModel):
    """Members without value are left out: the format knows no null."""

    model_config = ConfigDict(frozen=True, serialize_by_alias=True, validate_by_name=True)


class JsonFeedAuthor(_Part):
    name: str


class JsonFeedAttachment(_Part):
    url: str
    mime_type: str
    size_in_bytes: int | None = None


class JsonFeedFacts(_Part):
    """What Dateline knows of the article, and the format has no place for. `tags` are slugs."""

    article: str
    page: str
    revision: int
    source: str
    publisher: str
    time: Instant
    time_method: str
    tags: tuple[str, ...]


class JsonFeedItem(_Part):
    """An article. `date_published` is there where it is known; `date_modified` is when its revision was seen."""

    id: str
    url: str
    title: str
    content_html: str | None = None
    content_text: str | None = None
    summary: str | None = None
    image: str | None = None
    date_published: Instant | None = None
    date_modified: Instant
    authors: tuple[JsonFeedAuthor, ...] | None = None
    tags: tuple[str, ...] | None = None
    language: str | None = None
    attachments: tuple[JsonFeedAttachment, ...] | None = None
    dateline: JsonFeedFacts = Field(alias="_dateline")


class JsonFeed(_Part):
    """JSON Feed 1.1."""

    version: str
    title: str
    description: str
    home_page_url: str
    feed_url: str
    next_url: str | None = None
    language: str | None = None
    items: tuple[JsonFeedItem, ...]


def json_feed(feed: Feed) -> str:
    document = JsonFeed(
        version=_VERSION,
        title=feed.title,
        description=feed.about,
        home_page_url=feed.page,
        feed_url=feed.here,
        next_url=feed.next,
        language=feed.language,
        items=tuple(_item(entry) for entry in feed.entries),
    )
    return document.model_dump_json(exclude_none=True)


def _item(entry: Entry) -> JsonFeedItem:
    files = tuple(
        JsonFeedAttachment(url=file.url, mime_type=media_type(file), size_in_bytes=file.length)
        for file in entry.enclosures
    )
    return JsonFeedItem(
        id=entry.id.urn,
        url=entry.link,
        title=entry.title,
        content_html=entry.html,
        # one of the two there must be
        content_text=None if entry.html else entry.summary or entry.title,
        summary=entry.summary,
        image=entry.image,
        date_published=entry.published,
        date_modified=entry.updated.replace(microsecond=0),
        authors=tuple(JsonFeedAuthor(name=name) for name in entry.authors if name.strip()) or None,
        tags=tuple(label for _slug, label in entry.tags) or None,
        language=entry.language,
        attachments=files or None,
        dateline=JsonFeedFacts(
            article=entry.api,
            page=entry.page,
            revision=entry.revision,
            source=entry.origin.id,
            publisher=entry.origin.name,
            time=entry.time,
            time_method=entry.time_method,
            tags=tuple(slug for slug, _label in entry.tags),
        ),
    )
