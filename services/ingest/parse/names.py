"""Names of elements and attributes, whatever prefix a feed gives a namespace: `dc:date`, `media:content`, `title`."""

from collections.abc import Iterable

_CORE = (
    "http://purl.org/rss/1.0/",
    "http://my.netscape.com/rdf/simple/0.9/",
    "http://backend.userland.com/rss2",
    "http://blogs.law.harvard.edu/tech/rss",
    "http://purl.org/rss/1.0/modules/rss091#",
    "http://purl.org/atom/ns#",
    "http://www.w3.org/2005/Atom",
    "http://www.sitemaps.org/schemas/sitemap/0.9",
)
_MODULES = {
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/rss/1.0/modules/syndication/": "sy",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://www.itunes.com/DTDs/PodCast-1.0.dtd": "itunes",
    "http://search.yahoo.com/mrss/": "media",
    "http://search.yahoo.com/mrss": "media",
    "http://www.google.com/schemas/sitemap-image/1.1": "image",
    "http://www.google.com/schemas/sitemap-news/0.9": "news",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://www.w3.org/XML/1998/namespace": "xml",
}
_KNOWN = {address.lower(): "" for address in _CORE} | {address.lower(): name for address, name in _MODULES.items()}


def spelled_one_way(declared: Iterable[tuple[str, str]]) -> bool:
    """Whether each namespace that we do not know has one prefix, so that its names depend on no other declaration."""
    unknown = {(prefix, address) for prefix, address in declared if address.lower() not in _KNOWN}
    return len(unknown) == len({address for _prefix, address in unknown})


class Names:
    """The names in one document. `declared` lists its (prefix, namespace) pairs in their order.

    Elements of RSS and Atom have no prefix; those of a known module have its usual one; others keep that of the feed.
    All are in lower case: feeds do not agree on `pubDate`.
    """

    def __init__(self, declared: list[tuple[str, str]]) -> None:
        self.namespaces = frozenset(address.lower() for _prefix, address in declared)
        self._prefixes = {address: prefix.lower() for prefix, address in reversed(declared) if prefix}
        self._seen: dict[str, str] = {}

    def of(self, tag: str) -> str:
        """The name of a `{namespace}local` tag or attribute."""
        name = self._seen.get(tag)
        if name is None:
            name = self._seen[tag] = self._name(tag)
        return name

    def attributes(self, attributes: dict[str, str]) -> dict[str, str]:
        """By name; the values of `rel` and `type` in lower case."""
        named = {self.of(key): value for key, value in attributes.items()}
        for key in ("rel", "type"):
            if key in named:
                named[key] = named[key].lower()
        return named

    def _name(self, tag: str) -> str:
        if not tag.startswith("{"):
            return tag.lower()
        address, _brace, local = tag[1:].partition("}")
        prefix = _KNOWN.get(address.lower())
        if prefix is None:
            prefix = "" if "backend.userland.com/rss" in address.lower() else self._prefixes.get(address, "")
        return f"{prefix}:{local}".lower() if prefix else local.lower()
