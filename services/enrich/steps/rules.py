"""Tags from the rules file."""

from collections.abc import Sequence
from dataclasses import replace

from services.contracts.enrichments import Tag
from services.enrich.rules import TagRules
from services.enrich.step import Draft, Step


def rules_step(rules: TagRules) -> Step:
    tags = {rule.slug: Tag(slug=rule.slug, label=rule.label, method=f"rule:{rule.slug}") for rule in rules.rules}

    def run(drafts: Sequence[Draft]) -> Sequence[Draft]:
        return [_tagged(draft) for draft in drafts]

    def _tagged(draft: Draft) -> Draft:
        article = draft.article
        texts = (article.title, article.summary or "", article.text or "")
        met = rules.matching(texts, article.source.id, article.categories)
        return replace(draft, tags=(*draft.tags, *(tags[rule.slug] for rule in met))) if met else draft

    return Step(
        name="rules",
        version=1,
        reads=("title", "summary", "text", "source", "categories", "tags"),
        adds=("tags",),
        run=run,
    )
