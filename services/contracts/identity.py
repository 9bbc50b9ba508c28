"""Ids that anyone can compute again from what they name."""

from uuid import NAMESPACE_URL, UUID, uuid5

from services.contracts.address_key import address_key


def feed_id(url: str) -> UUID:
    """UUIDv5 of the feed's URL (RFC 9562, URL namespace). `url` is used as it is."""
    return uuid5(NAMESPACE_URL, url)


def article_id(url: str | None, feed_url: str, guid: str) -> UUID:
    """UUIDv5 of the key of the article's URL (see `address_key`), or of feed URL and guid where it has none."""
    return uuid5(NAMESPACE_URL, address_key(url) or url or f"{feed_url}#{guid}")
