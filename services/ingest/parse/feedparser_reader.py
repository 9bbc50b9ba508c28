"""feedparser's raw result, with one thing more: which element each date stood in.

feedparser maps a dozen date elements to three names and keeps only these. Its two parsers are therefore driven here
as `feedparser.parse` does it, each with a few lines that take notes. Its sanitising, its resolving of links in HTML and
its reading of dates are left out: others here do that, and better.
"""

import io
import re
import xml.sax
import xml.sax.handler
from dataclasses import dataclass, field
from typing import Any

from feedparser.api import SUPPORTED_VERSIONS, LooseFeedParser, StrictFeedParser
from feedparser.encodings import convert_to_utf8
from feedparser.sanitizer import replace_doctype

from services.ingest.parse.characters import without_impossible_characters

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.I)
_DATES = {"published_parsed": "published", "updated_parsed": "updated", "created_parsed": "created"}
_SPELLING = {"pubdate": "pubDate", "lastbuilddate": "lastBuildDate"}


@dataclass(slots=True)
class RawFeed:
    """What feedparser found. An entry's `<date>_element` names the element that `<date>` stood in."""

    version: str
    feed: dict[str, Any]
    entries: list[dict[str, Any]]
    problems: list[str] = field(default_factory=list)


class _NotesDates:
    """Mixed into feedparser's parsers."""

    can_be_relative_uri = frozenset(LooseFeedParser.can_be_relative_uri) - {"id"}  # a guid stays as it is
    _ending = ""

    def unknown_endtag(self, tag: str) -> None:
        self._ending = tag
        super().unknown_endtag(tag)  # type: ignore[misc]  # feedparser's, which is not typed

    def handle_data(self, text: str, escape: int = 1) -> None:
        if escape or text != "</br>":  # which HTML reads as one more <br>
            super().handle_data(text, escape)  # type: ignore[misc]  # as above

    def _start_hour(self, _attributes: dict[str, str]) -> None:
        self.push("hour", 0)  # type: ignore[attr-defined]  # as above

    def _start_day(self, _attributes: dict[str, str]) -> None:
        self.push("day", 0)  # type: ignore[attr-defined]  # as above

    def _end_hour(self) -> None:
        self._skip("hour")

    def _end_day(self) -> None:
        self._skip("day")

    def _skip(self, kind: str) -> None:
        told = self.pop(kind)  # type: ignore[attr-defined]  # as above
        if told and not self.inentry:  # type: ignore[attr-defined]  # as above
            self.feeddata.setdefault(f"skip_{kind}s", []).append(told)  # type: ignore[attr-defined]  # as above

    def _save(self, key: str, value: object, overwrite: bool = False) -> None:
        super()._save(key, value, overwrite)  # type: ignore[misc]  # as above
        if key in _DATES:
            context = self._get_context()  # type: ignore[attr-defined]  # as above
            context[f"{_DATES[key]}_element"] = _SPELLING.get(self._ending, self._ending)


class _Strict(_NotesDates, StrictFeedParser):  # type: ignore[misc]  # its base is not typed
    """For well-formed XML."""


class _Loose(_NotesDates, LooseFeedParser):  # type: ignore[misc]  # its base is not typed
    """For everything else."""


def read_raw(body: bytes, *, url: str, content_type: str | None) -> RawFeed:
    """May raise anything: feedparser was not written for hostile input."""
    result: dict[str, Any] = {}
    body = body.lstrip(b" \t\r\n")
    utf8 = convert_to_utf8(_headers(body, content_type), body, result)
    version, document, entities = replace_doctype(without_impossible_characters(utf8))
    if b"<rss:" in document and b"xmlns:rss" not in document:
        document = document.replace(b"<rss:", b"<").replace(b"</rss:", b"</")  # a prefix that was never declared
    problems = [str(result["bozo_exception"])] if result.get("bozo_exception") else []
    parser = _Strict(url, None, "utf-8")
    parser.resolve_relative_uris = parser.sanitize_html = False
    try:
        _parse_strictly(parser, document)
    except (xml.sax.SAXException, AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        problems.append(f"its XML is broken: {error}")
        parser = _Loose(url, None, "utf-8", entities)
        parser.resolve_relative_uris = parser.sanitize_html = False
        parser.feed(document.decode("utf-8", "replace"))
    return RawFeed(version or parser.version, parser.feeddata, parser.entries, problems)


def format_name(version: str) -> str:
    return str(SUPPORTED_VERSIONS.get(version) or "XML")


def _parse_strictly(parser: _Strict, document: bytes) -> None:
    sax = xml.sax.make_parser()  # noqa: S317 (external entities are off; entity declarations were taken out before)
    sax.setFeature(xml.sax.handler.feature_namespaces, True)
    sax.setFeature(xml.sax.handler.feature_external_ges, False)
    sax.setContentHandler(parser)
    sax.setErrorHandler(parser)
    source = xml.sax.xmlreader.InputSource()
    source.setByteStream(io.BytesIO(document))
    sax.parse(source)


def _headers(body: bytes, content_type: str | None) -> dict[str, str]:
    """The charset of the HTTP header counts only where the bytes are no UTF-8: many servers state a wrong one."""
    charset = _CHARSET.search(content_type or "")
    if not charset:
        return {}
    if not charset[1].lower().startswith("iso-2022"):
        try:
            body.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            return {}
    return {"content-type": f"application/xml; charset={charset[1]}"}
