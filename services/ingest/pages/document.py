"""The front door: the bytes of a page to its text and metadata."""

import re
from dataclasses import dataclass

from lxml.etree import ParserError
from lxml.html import HTMLParser, document_fromstring

from services.contracts.articles import PageMetadata
from services.contracts.strings import clean
from services.ingest.pages.charset import decode_page
from services.ingest.pages.extract import PageText, extract
from services.ingest.pages.metadata import page_facts

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
HTML = frozenset(("text/html", "application/xhtml+xml"))
"""The media types of pages."""


class NoPage(Exception):
    """The bytes are no HTML page that can be read. The message says what they are."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Page:
    """`archive` is False where the page asks robots not to keep a copy."""

    metadata: PageMetadata
    text: PageText | None = None
    archive: bool = True


def read_page(body: bytes, *, url: str, content_type: str | None = None, robot: str) -> Page:
    """`url` is where the page was found in the end, `robot` our name in lower case. Raises `NoPage`."""
    html = _DECLARATION.sub("", clean(decode_page(body, content_type)))
    try:
        tree = document_fromstring(html, parser=HTMLParser(remove_comments=True, no_network=True))
    except (ParserError, ValueError):
        raise NoPage("it is empty") from None
    facts = page_facts(tree, url, robot)
    return Page(facts.metadata, extract(tree, facts.base), facts.archive)
