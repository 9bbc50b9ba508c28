"""Which of a page's feeds is the one that was meant."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from services.ingest.page_links import How, one_site

_COMMENTS = re.compile(r"\bcomments?\b|\breplies\b|\bkommentare\b|\bcommentaires\b|\bcomentarios\b", re.IGNORECASE)
_PARTIAL = re.compile(r"/(?:tags?|category|categories|author|authors|search|podcasts?)(?:/|$)|[?&]s=", re.IGNORECASE)
_PREFERRED: tuple[How, ...] = ("declared", "linked", "guessed")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A feed that a page offered and that was asked for. `problem` says why it cannot be read; then there is no format.

    `url` is the one to poll. `title` is the feed's own, or the page's word for it.
    """

    url: str
    how: How
    title: str | None = None
    format: str | None = None
    entries: int = 0
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """`feed` is None where no candidate can be read. `reason` is for a person."""

    feed: Candidate | None
    reason: str


def choose(candidates: Sequence[Candidate], *, page: str) -> Choice:
    """The main feed of `page` among `candidates`, which are in the page's order.

    Before feeds of comments come those of articles; before links, what the page declares; what belongs to the page's
    own section comes first, and then what has entries, is of the same publisher, and covers all of it. Of feeds that
    tie in all this the page's first is taken; if it has that one in several formats, the one with the most entries.
    """
    readable = [candidate for candidate in candidates if candidate.problem is None]
    if not readable:
        return Choice(None, f"none of the {len(candidates)} addresses that were tried has a feed")
    best = min(_rank(candidate, page) for candidate in readable)
    equals = [candidate for candidate in readable if _rank(candidate, page) == best]
    formats = [candidate for candidate in equals if candidate.title == equals[0].title]
    chosen = max(formats, key=lambda candidate: candidate.entries)  # the first of those that have as many
    return Choice(chosen, _reason(chosen, readable, len(formats)))


def is_of_comments(candidate: Candidate) -> bool:
    return bool(_COMMENTS.search(candidate.title or "") or _COMMENTS.search(urlsplit(candidate.url).path))


def _rank(candidate: Candidate, page: str) -> tuple[bool | int, ...]:
    section = urlsplit(page).path.rstrip("/")
    return (
        is_of_comments(candidate),
        _PREFERRED.index(candidate.how),
        bool(section) and not urlsplit(candidate.url).path.startswith(f"{section}/"),
        candidate.entries == 0,
        not one_site(candidate.url, page),
        not section and bool(_PARTIAL.search(candidate.url)),
    )


def _reason(chosen: Candidate, readable: Sequence[Candidate], formats: int) -> str:
    how = {
        "declared": "the page declares it",
        "linked": "the page links to it",
        "guessed": "it is where sites usually keep theirs",
    }[chosen.how]
    if is_of_comments(chosen):
        return f"{how}; it seems to be of comments, but there is no other"
    if len(readable) == 1:
        return f"{how}, and there is no other"
    if formats > 1:
        return f"{how}; of its {formats} forms it is the first with the most entries"
    return f"{how}; of {len(readable)} feeds it comes first"
