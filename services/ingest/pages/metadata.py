"""What a page says of its article: JSON-LD first, then meta elements, then what is marked in the text."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from lxml.html import HtmlElement

from services.contracts.articles import PageMetadata
from services.contracts.strings import distinct, line_or_none, web_url
from services.ingest.pages import json_ld

_PUBLISHED = (
    "article:published_time", "og:published_time", "datepublished", "article.published", "parsely-pub-date",
    "sailthru.date", "cxenseparse:recs:publishtime", "dc.date.issued", "dcterms.issued", "dc.date", "dcterms.date",
    "dcterms.created", "dc.date.created", "pubdate", "publishdate", "publish-date", "publish_date", "publication_date",
    "citation_publication_date", "date.release", "originalpublicationdate", "date",
)  # fmt: skip
_UPDATED = (
    "article:modified_time", "og:updated_time", "datemodified", "article.updated", "dcterms.modified",
    "dc.date.modified", "last-modified", "lastmod", "last_updated_date", "revision_date",
)  # fmt: skip
_AUTHORS = ("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "byl")
_TITLES = ("og:title", "twitter:title", "dc.title", "parsely-title", "sailthru.title", "headline")
_BY = re.compile(r"^(?:by|von|par|por|di|door|av|af)\s+", re.IGNORECASE)
_BYLINE = re.compile(r"(?:^|[\s_-])(?:byline|writtenby|p-author|byline-name)(?:$|[\s_-])", re.IGNORECASE)
_LONGEST_BYLINE = 100
_LONGEST_DATE, _LONGEST_LINE, _MOST_AUTHORS = 100, 500, 20


@dataclass(frozen=True, slots=True)
class PageFacts:
    """`base` is what relative links refer to; `archive` is False where a meta element asks robots for that."""

    metadata: PageMetadata
    base: str
    archive: bool = True


@dataclass(slots=True)
class _Head:
    """The page's meta elements by name, in lower case, in their order."""

    values: dict[str, list[str]] = field(default_factory=dict)

    def first(self, names: Iterable[str]) -> tuple[str, str] | tuple[None, None]:
        for name in names:
            for value in self.values.get(name, ()):
                if found := line_or_none(value):
                    return found, name
        return None, None

    def all(self, names: Iterable[str]) -> Iterator[str]:
        for name in names:
            if found := self.values.get(name):
                yield from found
                return


def page_facts(tree: HtmlElement, url: str, robot: str) -> PageFacts:
    """`url` is where the page was found; `robot` our name in lower case, as rules for robots have it."""
    head = _read_head(tree)
    links = [link for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split()]
    base = next((web_url(found.get("href"), url) for found in tree.iter("base")), None) or url
    canonical = next((found for link in links if (found := web_url(link.get("href"), base))), None)
    canonical = canonical or web_url(head.first(("og:url",))[0], base)
    scripts = [
        script.text or ""
        for script in tree.iter("script")
        if (script.get("type") or "").partition(";")[0].strip().lower() == "application/ld+json"
    ]
    article = json_ld.find_article(scripts, frozenset(filter(None, (url, canonical)))) or {}
    published, published_field = _dated(article, ("datePublished", "dateCreated"), head, _PUBLISHED, tree)
    updated, updated_field = _dated(article, ("dateModified",), head, _UPDATED, tree)
    metadata = PageMetadata(
        url=url,
        canonical=canonical,
        title=_line(json_ld.text(article.get("headline")), head.first(_TITLES)[0], _title(tree)),
        site=_line(head.first(("og:site_name", "application-name"))[0], *json_ld.names(article.get("publisher"))),
        authors=_authors(article, head, tree),
        language=_language(article, head, tree),
        image=_image(article, head, base),
        published=published,
        published_field=published_field,
        updated=updated,
        updated_field=updated_field,
    )
    archive = may_archive(",".join(head.all(("robots",))), ",".join(head.all((robot,))))
    return PageFacts(metadata, base, archive)


def may_archive(*rules: str) -> bool:
    """Whether robots' rules of a meta element or an `X-Robots-Tag` have no `noarchive`."""
    return not any("noarchive" in re.split(r"[\s,:;]+", rule.lower()) for rule in rules)


def _read_head(tree: HtmlElement) -> _Head:
    head = _Head()
    for meta in tree.iter("meta"):
        content = meta.get("content")
        for name in {(meta.get(key) or "").strip().lower() for key in ("property", "name", "itemprop")}:
            if name and content:
                head.values.setdefault(name, []).append(content)
    return head


def _dated(
    article: json_ld.Node, keys: tuple[str, ...], head: _Head, names: tuple[str, ...], tree: HtmlElement
) -> tuple[str | None, str | None]:
    """The page's own string and where it stood."""
    for key in keys:
        if found := _date(json_ld.text(article.get(key))):
            return found, f"json-ld:{key}"
    for name in names:
        for value in head.values.get(name, ()):
            if found := _date(value):
                return found, f"meta:{name}"
    for time in tree.iter("time"):
        marked = keys[0] in (time.get("itemprop") or "").split()
        marked = marked or (keys[0] == "datePublished" and time.get("pubdate") is not None)
        if marked and (found := _date(time.get("datetime"))):
            return found, f"time:{keys[0]}"
    return None, None


def _date(value: str | None) -> str | None:
    line = line_or_none(value)
    return line if line and len(line) <= _LONGEST_DATE and any(letter.isdigit() for letter in line) else None


def _line(*candidates: str | None) -> str | None:
    return next((line[:_LONGEST_LINE] for value in candidates if (line := line_or_none(value))), None)


def _title(tree: HtmlElement) -> str | None:
    return next((str(title.text_content()) for title in tree.iter("title")), None)


def _authors(article: json_ld.Node, head: _Head, tree: HtmlElement) -> tuple[str, ...]:
    """Of the first place that names some. Addresses of profiles are no names."""
    spots = list(tree.iter("a", "span", "div", "p", "address", "li"))
    marked = (element for element in spots if _marks_author(element))
    bylines = (element for element in spots if _BYLINE.search(f"{element.get('class')} {element.get('id')}"))
    for place in (
        json_ld.names(article.get("author") or article.get("creator")),
        head.all(_AUTHORS),
        (_of_byline(str(element.text_content())) for element in marked),
        islice(filter(None, (_of_byline(str(element.text_content())) for element in bylines)), 1),
    ):
        found = distinct(_name(name) for name in place)
        if found:
            return found[:_MOST_AUTHORS]
    return ()


def _marks_author(element: HtmlElement) -> bool:
    return "author" in (element.get("rel") or "").split() or "author" in (element.get("itemprop") or "").split()


def _of_byline(text: str) -> str:
    """The name at the beginning of a short byline; empty where it begins with none."""
    line = re.split(r"\s{2,}|[|•·\d(@]|\s[-–—]\s|, (?=[A-Z]{2,}|\d)", text.strip()[:_LONGEST_BYLINE])[0]
    words = _BY.sub("", " ".join(line.split())).split()
    return " ".join(words) if len(text.strip()) < _LONGEST_BYLINE and 2 <= len(words) <= 8 else ""


def _name(value: str) -> str | None:
    name = _BY.sub("", line_or_none(value) or "").strip(" ,;|")
    return name if name and len(name) <= 200 and "://" not in name else None


def _image(article: json_ld.Node, head: _Head, base: str) -> str | None:
    candidates = (
        head.first(("og:image", "og:image:secure_url", "og:image:url"))[0],
        json_ld.address(article.get("image")),
        json_ld.address(article.get("thumbnailUrl")),
        head.first(("twitter:image", "twitter:image:src"))[0],
    )
    return next((found for value in candidates if (found := web_url(value, base))), None)


def _language(article: json_ld.Node, head: _Head, tree: HtmlElement) -> str | None:
    root = tree.getroottree().getroot()
    stated = json_ld.text(article.get("inLanguage")) or next(json_ld.names(article.get("inLanguage")), None)
    found = _line(root.get("lang"), root.get("xml:lang"), stated, head.first(("og:locale", "language"))[0])
    return found if found and len(found) <= 35 else None
