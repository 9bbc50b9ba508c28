"""News sitemaps (https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap) to entries."""

from xml.etree.ElementTree import Element

from services.contracts.strings import distinct, line_or_none, raw, web_url
from services.ingest.parse.bounds import bounded_entry, left_out, newest
from services.ingest.parse.feed import Entry, NotAFeed, ParsedFeed
from services.ingest.parse.markup import plain_line
from services.ingest.parse.names import Names
from services.ingest.parse.well_formed import Doubt, read_document

_NAMED = 3


def read_sitemap(body: bytes, *, url: str, content_type: str | None) -> ParsedFeed:
    """Pages without news are left out. Raises `NotAFeed` where there are no others, and for broken XML."""
    try:
        document = read_document(body, content_type)
    except Doubt as doubt:
        raise NotAFeed(f"this is a sitemap that cannot be read: {doubt}") from doubt
    found = (_entry(page, document.names, url) for page in document.root)
    entries = [entry for entry in found if entry is not None]
    if not entries:
        raise NotAFeed("this is a sitemap without news; give the address of a feed or of a news sitemap instead")
    return ParsedFeed(
        format="News sitemap", entries=tuple(newest(entries, lambda entry: entry)), left_out=left_out(len(entries))
    )


def name_sitemaps(body: bytes, *, url: str, content_type: str | None) -> str:
    """What an index of sitemaps is, and which of them to add instead: those that are called news, then the newest."""
    advice = "an index of sitemaps, which has no news itself; give the address of one of its news sitemaps instead"
    try:
        document = read_document(body, content_type)
    except Doubt:
        return advice
    found = []
    for sitemap in document.root:
        said = {document.names.of(element.tag): element.text or "" for element in sitemap}
        if link := web_url(said.get("loc"), url):
            found.append(("news" in link.lower(), said.get("lastmod", "").strip(), link))
    found.sort(key=lambda sitemap: sitemap[:2], reverse=True)  # dates of W3C's format sort as text
    named = ", ".join(link for _news, _changed, link in found[:_NAMED])
    return f"{advice}: {named}" if named else advice


def _entry(page: Element, names: Names, url: str) -> Entry | None:
    said: dict[str, str] = {}
    for element in page.iter():
        said.setdefault(names.of(element.tag), element.text or "")
    link = web_url(said.get("loc"), url)
    if link is None or "news:news" not in said:
        return None
    published, updated = raw(said.get("news:publication_date")), raw(said.get("lastmod"))
    entry = Entry(
        guid=link,
        url=link,
        title=plain_line(said.get("news:title", "")),
        categories=distinct(line_or_none(word) for word in said.get("news:keywords", "").split(",")),
        language=line_or_none(said.get("news:language")),
        image=web_url(said.get("image:loc"), url),
        published=published,
        published_field="news:publication_date" if published else None,
        updated=updated,
        updated_field="lastmod" if updated else None,
    )
    return bounded_entry(entry)
