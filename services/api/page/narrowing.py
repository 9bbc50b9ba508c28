"""What a page of headlines is narrowed down to: in words, with ways back, and with ways to narrow it further."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.api.page.places import Link, address
from services.api.page.times import minute
from services.api.readmodel.counts import By, Count, FacetCounts
from services.api.readmodel.filters import Filter

Pairs = Sequence[tuple[str, str]]

FOLLOWED = ("tag", "source", "feed", "lang", "story", "q")
"""The parameters by which the live stream can be narrowed down too."""
_CHOSEN = (*FOLLOWED, "since", "until", "fold")
"""Those that say which articles, rather than how they are shown."""
_RAIL = 8
_FORMATS = (("rss", "RSS", "application/rss+xml"), ("atom", "Atom", "application/atom+xml"),
    ("jsonfeed", "JSON Feed", "application/feed+json"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Alternate:
    """The same articles in another form."""

    href: str
    label: str
    media_type: str


@dataclass(frozen=True, slots=True)
class Place:
    """A page of headlines. `fixed` are the parameters that its path stands for, `given` those in its address."""

    path: str
    given: Pairs = ()
    fixed: Pairs = ()

    @property
    def asked(self) -> list[tuple[str, str]]:
        return [*self.fixed, *self.given]

    def stream(self) -> str | None:
        """Where what is new on this page is announced; None where the page does not begin at the newest, or the
        stream cannot be narrowed down like it. Of a folded page all is told: its script folds."""
        followed = [pair for pair in self.asked if pair[0] != "fold"]
        if any(name not in FOLLOWED for name, _value in followed):
            return None
        return address("/v1/stream", followed)

    def alternates(self) -> tuple[Alternate, ...]:
        chosen = [pair for pair in self.asked if pair[0] in _CHOSEN]
        return tuple(Alternate(address(f"/v1/articles.{end}", chosen), label, kind) for end, label, kind in _FORMATS)

    def with_more(self, name: str, value: str) -> str:
        """Narrowed down further, from the newest on."""
        return address(self.path, [*self._lasting(), (name, value)])

    def without(self, name: str, value: str) -> str:
        return address(self.path, [pair for pair in self._lasting() if pair != (name, value)])

    def changed(self, **parameters: str) -> str:
        return address(self.path, self._lasting(), **parameters)

    def _lasting(self) -> list[tuple[str, str]]:
        return [pair for pair in self.given if pair[0] != "cursor"]


def heading(wanted: Filter, articles: Sequence[Mapping[str, Any]]) -> str:
    """What the page is narrowed down to, in words; empty for the whole wire.

    Labels and names are taken from the first article, which has the tag and the source by definition.
    """
    labels = _labels(articles)
    parts = [", ".join(labels.get(("tag", slug), slug) for slug in wanted.tags)]
    if wanted.query is not None:
        parts.append(f"“{wanted.query.text}”")
    if wanted.source is not None:
        parts.append(f"from {labels.get(('source', wanted.source), wanted.source)}")
    if wanted.feed is not None:
        parts.append(f"in the feed {labels.get(('feed', str(wanted.feed)), wanted.feed)}")
    if wanted.story is not None:
        parts.append("of one story")
    if wanted.language is not None:
        parts.append(f"in language “{wanted.language}”")
    if wanted.since is not None:
        parts.append(f"since {minute(wanted.since)}")
    if wanted.until is not None:
        parts.append(f"until {minute(wanted.until)}")
    words = " ".join(part for part in parts if part)
    return words[:1].upper() + words[1:]


def chosen(place: Place, articles: Sequence[Mapping[str, Any]]) -> list[Link]:
    """What was chosen beside words and the page's own path, each with the address of the page without it."""
    labels, links = _labels(articles), []
    for name, value in place.given:
        if name in _CHOSEN and name not in ("q", "fold"):
            plain = labels.get((name, _canonical(name, value)), value)
            said = {
                "since": f"since {value}", "until": f"until {value}", "lang": f"in {value}", "story": "one story",
            }.get(name, plain)  # fmt: skip
            links.append(Link(place.without(name, value), said))
    return links


def further(place: Place, counts: FacetCounts) -> list[tuple[str, list[Link]]]:
    """Ways to narrow down further: by tag, source and language, those that would change nothing left out."""
    used = {pair for pair in place.asked if pair[0] in ("tag", "source", "lang")}
    kinds: tuple[tuple[str, By, str], ...] = (
        ("Tags", "tag", "tag"), ("Sources", "source", "source"), ("Languages", "language", "lang"),
    )  # fmt: skip
    groups = []
    for title, kind, name in kinds:
        if name != "tag" and any(pair[0] == name for pair in used):
            continue
        links = list(_further(place, name, counts.counts.get(kind, ()), used, counts.counted))
        if links:
            groups.append((title, links[:_RAIL]))
    return groups


def facet_links(facets: Sequence[Link]) -> list[Link]:
    """Of several with one label, as a publisher's category and a rule's tag may have, the first."""
    firsts: dict[str, Link] = {}
    for link in facets:
        firsts.setdefault(link.label.casefold(), link)
    return list(firsts.values())


def _further(place: Place, name: str, counts: Sequence[Count], used: set[tuple[str, str]], counted: int) -> list[Link]:
    here = [count for count in counts if (name, count.key) not in used and count.articles < counted]
    return facet_links([Link(place.with_more(name, one.key), one.label, one.articles) for one in here])


def _canonical(name: str, value: str) -> str:
    if name == "feed":
        try:
            return str(UUID(value))
        except ValueError:
            return value
    return value


def _labels(articles: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], str]:
    if not articles:
        return {}
    first = articles[0]
    return (
        {("tag", tag["slug"]): tag["label"] for tag in first["tags"]}
        | {("feed", feed["id"]): feed["title"] or feed["url"] for feed in first["feeds"]}
        | {("source", first["source"]["id"]): first["source"]["name"]}
    )
