"""What a step of the pipeline is, and what it is handed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from services.contracts.articles import Article
from services.contracts.enrichments import Language, Name, Phrase, Repeat, Tag, Times
from services.enrich.context import Context

_UNKNOWN_LANGUAGE = Language(method="none")
_NOTHING_BEFORE = Context()


@dataclass(frozen=True, slots=True)
class Draft:
    """One article with what has been found out about it so far. Until a step found out more, nothing is claimed."""

    article: Article
    times: Times
    context: Context = _NOTHING_BEFORE
    language: Language = _UNKNOWN_LANGUAGE
    words: int = 0
    reading_seconds: int = 0
    tags: tuple[Tag, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    repeats: Repeat | None = None
    names: tuple[Name, ...] = ()
    terms: Mapping[str, int] = field(default_factory=dict)
    skipped: Mapping[str, str] = field(default_factory=dict)

    @property
    def longest_text(self) -> str:
        """The body; without one the summary, without that the title."""
        article = self.article
        return article.text or article.summary or article.title


@dataclass(frozen=True, slots=True)
class Step:
    """One pure function over a batch: as many drafts out as in, in order, each depending on its own draft alone.

    `version` is raised with every change of what comes out. `reads` names the fields of `Draft` and `Article`
    that it looks at, `adds` those of `Draft` that it sets. `explain` says of a draft, as it was before the step, why
    the step decides as it does. `setting` stands for what an operator can set of it.
    """

    name: str
    version: int
    reads: tuple[str, ...]
    adds: tuple[str, ...]
    run: Callable[[Sequence[Draft]], Sequence[Draft]]
    explain: Callable[[Draft], str] | None = None
    setting: str = ""
