"""The ordered steps that make an enrichment out of an article. No I/O, no settings, no clock but that of the CPU."""

import hashlib
import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import repeat

from services.contracts.articles import Article
from services.contracts.enrichments import Enrichment, Setup, Times, Timestamp
from services.enrich.context import Context
from services.enrich.limit import OverTime, at_most
from services.enrich.step import Draft, Step
from services.enrich.tally import Tally

LIMIT_S = 1.0
"""CPU time that a step may take over one article, a thousand times what it takes over most."""

BATCH_LIMIT_S = 5.0
"""CPU time of a step over a batch, after which it is run over each article alone."""

BASE = 1
"""To be raised by the version of each step that is taken out, so that the pipeline's version never falls."""

_LONGEST_REASON = 200
_DIGEST = 16

SWITCHED_OFF = "switched off"


@dataclass(frozen=True, slots=True)
class Pipeline:
    """`steps` run in order. Those whose names are in `off` do not run, and each enrichment says so.

    A step that raises, or takes more than its time where that can be bounded (`limit`), is skipped for that article.
    """

    steps: tuple[Step, ...]
    off: frozenset[str] = frozenset()
    limit_s: float = LIMIT_S
    batch_limit_s: float = BATCH_LIMIT_S
    tally: Tally = field(default_factory=Tally, compare=False)
    setup: Setup = field(init=False)
    """Stands in every enrichment. Since when it is in use, others know."""

    def __post_init__(self) -> None:
        set_ = [sorted(self.off), [step.setting for step in self.steps if step.name not in self.off]]
        digest = hashlib.sha256(json.dumps(set_).encode()).hexdigest()
        object.__setattr__(self, "setup", Setup(digest=digest[:_DIGEST]))

    @property
    def version(self) -> int:
        """Stands in every enrichment; of two for one revision the higher wins. It rises with that of any step."""
        return BASE + sum(step.version for step in self.steps)

    def enrich(self, articles: Iterable[Article], contexts: Iterable[Context] | None = None) -> list[Enrichment]:
        """One enrichment for each article, in order; the same however the articles are batched.

        `contexts`, where given, has what was known before of each.
        """
        drafts: Sequence[Draft] = [
            begin(article, context) for article, context in zip(articles, contexts or repeat(Context()), strict=False)
        ]
        for step in self.steps:
            drafts = self.run(step, drafts)
        return [self.finish(draft) for draft in drafts]

    def run(self, step: Step, drafts: Sequence[Draft]) -> Sequence[Draft]:
        """The drafts after this step."""
        if step.name in self.off:
            return [_skip(draft, step.name, SWITCHED_OFF) for draft in drafts]
        began = time.process_time()
        after = self._attempt(step, drafts)
        skipped = sum(step.name in draft.skipped for draft in after)
        self.tally.add(step.name, len(after) - skipped, skipped, time.process_time() - began)
        return after

    def _attempt(self, step: Step, drafts: Sequence[Draft]) -> Sequence[Draft]:
        """The step's results; where it fails, its articles one by one, so that one cannot spoil the others."""
        alone = len(drafts) == 1
        limit_s = self.limit_s if alone else self.batch_limit_s
        try:
            with at_most(limit_s):
                after = step.run(drafts)
        except OverTime:
            reason = f"took more than {limit_s:g} s"
        except Exception as error:  # noqa: BLE001  whatever a step raises, the other steps' results are worth having
            reason = f"{type(error).__name__}: {error}"
        else:
            if len(after) != len(drafts):
                raise RuntimeError(f"step {step.name} was given {len(drafts)} articles and returned {len(after)}")
            return after
        if alone:
            return [_skip(drafts[0], step.name, reason)]
        return [result for draft in drafts for result in self._attempt(step, [draft])]

    def finish(self, draft: Draft) -> Enrichment:
        """What is published of the draft."""
        article = draft.article
        return Enrichment(
            id=article.id,
            revision=article.revision,
            version=self.version,
            seen=article.seen,
            setup=self.setup,
            url=article.url,
            title=article.title,
            source=article.source,
            times=draft.times,
            language=draft.language,
            words=draft.words,
            reading_seconds=draft.reading_seconds,
            tags=draft.tags,
            phrases=draft.phrases,
            repeats=draft.repeats,
            names=draft.names,
            terms=dict(draft.terms),
            skipped=dict(draft.skipped),
            steps={step.name: step.version for step in self.steps if step.name not in draft.skipped},
        )


def begin(article: Article, context: Context) -> Draft:
    """What is known before any step ran."""
    seen = Timestamp(at=article.first_seen, method="first_seen", precision="second", zone="explicit")
    return Draft(article, Times(first_seen=seen), context)


def _skip(draft: Draft, step: str, reason: str) -> Draft:
    printable = reason[:_LONGEST_REASON].encode("utf-8", "backslashreplace").decode()
    return replace(draft, skipped={**draft.skipped, step: printable})
