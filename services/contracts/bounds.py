"""The most that an article may have, in characters where nothing else is said.

A submission that has more is refused; what a feed or a page has more is cut. docs/feeds.md tells users of it.
"""

TITLE = 1_000
SUMMARY = 5_000
BODY = 1_000_000
"""Of the text, and of the HTML."""

NAME = 200
"""Of an author, a category, a publisher, a feed."""

LISTED = 100
"""Authors, categories, enclosures."""

GUID = 2_000
LANGUAGE = 50
DATE = 100
MEDIA_TYPE = 200
