"""Ids that anyone can compute again from what they name."""

from uuid import NAMESPACE_URL, UUID, uuid5


def feed_id(url: str) -> UUID:
    """UUIDv5 of the feed's URL (RFC 9562, URL namespace). `url` is used as it is."""
    return uuid5(NAMESPACE_URL, url)


def article_id(canonical_url: str | None, feed_url: str, guid: str) -> UUID:
    """UUIDv5 of the article's canonical URL, or of feed URL and guid where it has none."""
    return uuid5(NAMESPACE_URL, canonical_url or f"{feed_url}#{guid}")
