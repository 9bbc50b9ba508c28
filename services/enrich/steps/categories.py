"""Tags from the publisher's own categories."""

from collections.abc import Sequence
from dataclasses import replace

from services.contracts.enrichments import Tag
from services.enrich.slugs import slug_of
from services.enrich.step import Draft, Step

MOST = 50
"""Tags an article may get from categories: some feeds list every word of the text."""

LONGEST = 80
"""Characters; what is longer is a sentence."""

_NAMES_NOTHING = frozenset(
    {
        "uncategorized",
        "uncategorised",
        "unclassified",
        "none",
        "non-classé",
        "non-catégorisé",
        "sans-catégorie",
        "sin-categoría",
        "sin-categorizar",
        "senza-categoria",
        "sem-categoria",
        "geen-categorie",
        "unkategorisiert",
        "nicht-kategorisiert",
        "ikke-kategoriseret",
        "ukategorisert",
        "okategoriserade",
        "bez-kategorii",
        "nezařazené",
        "без-рубрики",
        "без-категории",
        "kategorisiz",
        "未分类",
        "未分類",
        "미분류",
    }
)
"""What blog software files an article under when its author chose nothing."""


def categories_step() -> Step:
    return Step(name="categories", version=1, reads=("categories", "tags"), adds=("tags",), run=_run, explain=_explain)


def _explain(draft: Draft) -> str:
    said = draft.article.categories
    if not said:
        return "the publisher gives no category"
    given = {tag.label for tag in category_tags(said)}
    left_out = [
        repr(" ".join(category.split())[:LONGEST]) for category in said if " ".join(category.split()) not in given
    ]
    return f"a tag for each of {len(given)} categories" + (
        f"; left out, since they say nothing, are sentences or stood before: {', '.join(left_out)}" if left_out else ""
    )


def _run(drafts: Sequence[Draft]) -> Sequence[Draft]:
    return [
        replace(draft, tags=(*draft.tags, *category_tags(draft.article.categories)))
        if draft.article.categories
        else draft
        for draft in drafts
    ]


def category_tags(categories: Sequence[str]) -> tuple[Tag, ...]:
    """`category:<slug>` for each category, in order, each slug once with its first label.

    A category is taken whole: a slash or comma in it is more often part of a name (`9/11`, `Radio/TV`) than not.
    """
    tags: dict[str, Tag] = {}
    for category in categories:
        label = " ".join(category.split())
        if not label or len(label) > LONGEST or "://" in label:
            continue
        slug = slug_of(label)
        if slug and slug not in tags and slug not in _NAMES_NOTHING:
            tags[slug] = Tag(slug=f"category:{slug}", label=label, method="category")
            if len(tags) == MOST:
                break
    return tuple(tags.values())
