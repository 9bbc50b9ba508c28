"""Who and what an article names, and a tag for each of those that matter most."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from services.contracts.enrichments import Name, Tag
from services.enrich.names.articles import Namer, Texts
from services.enrich.names.made import made
from services.enrich.names.merge import Field
from services.enrich.step import Draft, Step

MOST_TAGS = 20
"""Tags from names an article may get: those in the title first, then those mentioned most."""

METHOD = "names"

_REMEMBERED = 20_000


def names_step(namer: Namer) -> Step:
    def run(drafts: Sequence[Draft]) -> Sequence[Draft]:
        found = namer.names([texts_of(draft) for draft in drafts])
        return [
            replace(draft, names=names, tags=(*draft.tags, *name_tags(names, draft.tags))) if names else draft
            for draft, names in zip(drafts, found, strict=True)
        ]

    return Step(
        name="names",
        version=1,
        reads=("title", "summary", "text", "language", "tags"),
        adds=("names", "tags"),
        run=run,
        explain=lambda draft: namer.explain(texts_of(draft)),
    )


def texts_of(draft: Draft) -> Texts:
    article = draft.article
    fields: dict[Field, str | None] = {"title": article.title, "summary": article.summary, "text": article.text}
    return Texts({name: text for name, text in fields.items() if text}, draft.language.code)


def name_tags(names: Sequence[Name], given: Sequence[Tag] = ()) -> tuple[Tag, ...]:
    """A tag for each of the names that matter most, in the order of `names`, without those that are `given`."""
    taken = {tag.slug for tag in given}
    free = [name for name in names if name.slug not in taken]
    if len(free) > MOST_TAGS:
        ranked = sorted(range(len(free)), key=lambda number: (_rank(free[number]), number))[:MOST_TAGS]
        free = [free[number] for number in sorted(ranked)]
    return tuple(_tag(one.slug, one.label, one.confidence) for one in free)


@lru_cache(_REMEMBERED)
def _tag(slug: str, label: str, confidence: float) -> Tag:
    values = {"slug": slug, "label": label, "method": METHOD, "confidence": confidence, "concept": None}
    return made(Tag, values)


def _rank(name: Name) -> tuple[bool, int]:
    return name.mentions[0].field != "title", -len(name.mentions)
