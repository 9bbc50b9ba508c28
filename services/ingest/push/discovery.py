"""Which hubs a feed names, and by which address they know it (WebSub, section 4)."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

_LINK = re.compile(r"<([^<>]*)>((?:[^,<\"]|\"[^\"]*\")*)")
_RELATION = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE)
_MOST_HUBS = 5
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Offer:
    """Any of `hubs` delivers what is new under `topic`. None are offered where there are no hubs."""

    hubs: tuple[str, ...]
    topic: str


def offered(headers: Sequence[str], hubs: Sequence[str], self_url: str | None, url: str) -> Offer:
    """`headers` are the `Link` headers of the answer, `hubs` and `self_url` what the document says, `url` where it was
    found. Headers go before the document, as the standard wants it; a feed that does not name itself goes by `url`."""
    links = _links(headers, url)
    stated = [target for relations, target in links if "hub" in relations]
    selves = [target for relations, target in links if "self" in relations]
    usable = [hub for hub in dict.fromkeys((*stated, *hubs)) if _is_web_address(hub)]
    topic = next((own for own in (*selves, self_url) if own and _is_web_address(own)), url)
    return Offer(tuple(usable[:_MOST_HUBS]), topic)


def _links(headers: Sequence[str], base: str) -> list[tuple[frozenset[str], str]]:
    """Relation types and target of each link (RFC 8288, section 3); others are left out."""
    found = []
    for header in headers:
        for target, parameters in _LINK.findall(header[:_LONGEST]):
            relation = _RELATION.search(parameters)
            if relation:
                relations = frozenset((relation[1] or relation[2] or "").lower().split())
                with suppress(ValueError):
                    found.append((relations, urljoin(base, target.strip())))
    return found


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and len(url) <= _LONGEST
    except ValueError:
        return False
