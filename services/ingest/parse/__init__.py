"""Bytes of a feed in any format to its entries. Pure: no network, no clock."""

from services.ingest.parse.document import parse_feed
from services.ingest.parse.feed import Entry, EntrySource, FoundEnclosure, NotAFeed, ParsedFeed

__all__ = ["Entry", "EntrySource", "FoundEnclosure", "NotAFeed", "ParsedFeed", "parse_feed"]
