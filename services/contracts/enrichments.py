"""Enrichments: what enrich found out about one revision of an article, and how."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from services.contracts.articles import Source
from services.contracts.base import Contract, Instant
from services.contracts.envelope import Event

Precision = Literal["second", "minute", "day"]


class Timestamp(Contract):
    """A moment, with the evidence for it.

    `method` says where it was found: `feed:<element>`, `page:<field>` (the article's own page), `url` (the day in its
    address) or `first_seen`. `zone` is `assumed` where the string named none (UTC is then taken). `adjusted` says
    what was changed and why, if anything was; `disputed` what another source says that differs.
    """

    at: Instant
    raw: str | None = None
    method: str
    precision: Precision
    zone: Literal["explicit", "assumed"]
    adjusted: str | None = None
    disputed: str | None = None


class Times(Contract):
    """When an article was published, updated and first seen. An unknown time is absent, never "now"."""

    published: Timestamp | None = None
    updated: Timestamp | None = None
    first_seen: Timestamp


class Language(Contract):
    """A BCP 47 primary code, or None for unknown. `method` names who decided, `confidence` is 0 to 1."""

    code: str | None = None
    confidence: float | None = Field(default=None, ge=0, le=1)
    method: str


class Tag(Contract):
    """`slug` is stable and namespaced (`category:politics`, or bare from a rule); `label` is for people."""

    slug: str = Field(min_length=1)
    label: str = Field(min_length=1)
    method: str = Field(description="What gave the tag, e.g. `category` or `rule:climate`.")
    confidence: float = Field(default=1.0, ge=0, le=1)
    concept: str | None = Field(default=None, description="The IPTC Media Topic behind it, e.g. `medtop:11000000`.")


class Mention(Contract):
    """Where a name stands: characters `start` to `end` (exclusive) of the article's title, summary or text."""

    field: Literal["title", "summary", "text"]
    start: int = Field(ge=0)
    end: int = Field(gt=0)


class Name(Contract):
    """Someone or something named in the article, once for all its mentions.

    `label` is the fullest form that stands in the article, `slug` stable: `person:…`, `org:…` or `place:…`. Country
    (ISO 3166-1 alpha-2) and coordinates (degrees, WGS 84) are only there where the place is certain.
    """

    slug: str = Field(min_length=1)
    label: str = Field(min_length=1)
    kind: Literal["person", "organisation", "place"]
    mentions: tuple[Mention, ...]
    method: str
    confidence: float = Field(ge=0, le=1)
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None


class Phrase(Contract):
    """Words that say what the article is about, as they stand in it; the greater `weight`, the more so."""

    text: str = Field(min_length=1)
    weight: float = Field(ge=0)


class Repeat(Contract):
    """The earlier article that this one repeats, and how alike the two are, from 0 to 1."""

    id: UUID
    likeness: float = Field(ge=0, le=1)
    method: str


class Setup(Contract):
    """What an operator sets that the outcome depends on: the rules, and which steps are switched off.

    `digest` is the same for the same setup. `since` is when it came into use, in ms since 1970, by the clock of the
    broker: a setup that came later has a greater one, also where it had been in use before.
    """

    digest: str = Field(min_length=1)
    since: int = Field(default=0, ge=0)


class Enrichment(Contract):
    """The headline fields of one revision beside all that was added to it; no body.

    For one (id, revision) the later `seen` replaces the earlier one, of these the higher `version` the lower one, and
    of these the one whose setup is in use `since` later. `skipped` maps each step that did not run to the reason.
    """

    id: UUID
    revision: int = Field(ge=1)
    version: int = Field(ge=1)
    seen: Instant | None = Field(default=None, description="When this revision was read from its feed.")
    setup: Setup | None = None
    again: bool = Field(
        default=False,
        description="Whether an enrichment of the article stood on the stream before: it has its place in a story.",
    )
    url: str | None = None
    title: str
    source: Source
    times: Times
    language: Language
    words: int = Field(ge=0)
    reading_seconds: int = Field(ge=0)
    tags: tuple[Tag, ...] = ()
    names: tuple[Name, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    repeats: Repeat | None = None
    terms: dict[str, int] = Field(
        default_factory=dict, description="Words of summary and text by which stories are told apart, and how often."
    )
    skipped: dict[str, str] = Field(default_factory=dict)
    steps: dict[str, int] = Field(default_factory=dict, description="The version of each step that ran.")


class ArticleEnriched(Event[Enrichment]):
    """One revision of an article was enriched."""

    type: Literal["dateline.article.enriched.v1"] = "dateline.article.enriched.v1"
