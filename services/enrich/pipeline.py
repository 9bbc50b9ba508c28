"""The ordered steps that make an enrichment out of an article. Pure: no I/O, no clock, no settings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from services.contracts.articles import Article
from services.contracts.enrichments import Enrichment, Times, Timestamp
from services.enrich.step import Draft, Step

PIPELINE_VERSION = 1
"""Stands in every enrichment; of two for one revision the higher wins. Raise it whenever a step's version is raised."""

SWITCHED_OFF = "switched off"


@dataclass(frozen=True, slots=True)
class Pipeline:
    """`steps` run in order. Those whose names are in `off` do not run, and each enrichment says so."""

    steps: tuple[Step, ...]
    off: frozenset[str] = frozenset()

    def enrich(self, articles: Iterable[Article]) -> list[Enrichment]:
        """One enrichment for each article, in order; the same however the articles are batched."""
        drafts: Sequence[Draft] = [_begin(article) for article in articles]
        for step in self.steps:
            if step.name in self.off:
                drafts = [_skip(draft, step.name, SWITCHED_OFF) for draft in drafts]
            else:
                drafts = _run(step, drafts)
        return [_finish(draft) for draft in drafts]


def _begin(article: Article) -> Draft:
    seen = Timestamp(at=article.first_seen, method="first_seen", precision="second", zone="explicit")
    return Draft(article, Times(first_seen=seen))


def _run(step: Step, drafts: Sequence[Draft]) -> Sequence[Draft]:
    """The step's results; where it raises, its articles one by one, so that one cannot spoil the others."""
    try:
        after = step.run(drafts)
    except Exception as error:  # noqa: BLE001  whatever a step raises, the other steps' results are still worth having
        if len(drafts) == 1:
            return [_skip(drafts[0], step.name, f"{type(error).__name__}: {error}")]
        return [result for draft in drafts for result in _run(step, [draft])]
    if len(after) != len(drafts):
        raise RuntimeError(f"step {step.name} was given {len(drafts)} articles and returned {len(after)}")
    return after


def _skip(draft: Draft, step: str, reason: str) -> Draft:
    printable = reason.encode("utf-8", "backslashreplace").decode()
    return replace(draft, skipped={**draft.skipped, step: printable})


def _finish(draft: Draft) -> Enrichment:
    article = draft.article
    return Enrichment(
        id=article.id,
        revision=article.revision,
        version=PIPELINE_VERSION,
        url=article.url,
        title=article.title,
        source=article.source,
        times=draft.times,
        language=draft.language,
        words=draft.words,
        reading_seconds=draft.reading_seconds,
        tags=draft.tags,
        skipped=dict(draft.skipped),
    )
