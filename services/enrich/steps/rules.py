"""Tags from the rules file."""

from collections.abc import Sequence
from dataclasses import replace

from services.contracts.enrichments import Tag
from services.enrich.rules import Rule, TagRules
from services.enrich.step import Draft, Step

OF_A_WORD = 0.7
"""How sure a topic is of which one word or phrase stands somewhere in the text (docs/models/topics.md)."""


def rules_step(rules: TagRules) -> Step:
    tags = {rule.slug: _tag(rule) for rule in rules.rules}

    def run(drafts: Sequence[Draft]) -> Sequence[Draft]:
        return [_tagged(draft) for draft in drafts]

    def _tagged(draft: Draft) -> Draft:
        met = rules.matching(*_asked(draft))
        found = joined(draft.tags, [tags[rule.slug] for rule in met]) if met else draft.tags
        return replace(draft, tags=rules.changes.applied(found)) if found else draft

    def explain(draft: Draft) -> str:
        asked = _asked(draft)
        met = {rule.slug: rules.reasons(rule, *asked) for rule in rules.matching(*asked)}
        given = "; ".join(f"{slug} since {', '.join(reasons)}" for slug, reasons in met.items())
        of_all = [*draft.tags, *(tags[slug] for slug in met)]
        changed = "; ".join(rules.changes.reasons(of_all))
        return f"{given or f'none of {len(rules.rules)} rules is met'}{changed and f'; {changed}'}"

    return Step(
        name="rules",
        version=2,
        reads=("title", "summary", "text", "source", "categories", "tags"),
        adds=("tags",),
        run=run,
        explain=explain,
        setting=rules.setting,
    )


def _asked(draft: Draft) -> tuple[tuple[str, str, str], str, Sequence[str]]:
    """What the rules look at."""
    article = draft.article
    return (article.title, article.summary or "", article.text or ""), article.source.id, article.categories


def _tag(rule: Rule) -> Tag:
    method = f"rule:{rule.slug.removeprefix('topic:')}"
    sure = 1.0 if rule.topic is None else OF_A_WORD
    return Tag(slug=rule.slug, label=rule.label, method=method, confidence=sure, concept=rule.topic)


def joined(before: Sequence[Tag], found: Sequence[Tag]) -> tuple[Tag, ...]:
    """Each slug once, where it stood first, as it is surest."""
    tags = {tag.slug: tag for tag in before}
    for tag in found:
        if tag.slug not in tags or tag.confidence > tags[tag.slug].confidence:
            tags[tag.slug] = tag
    return tuple(tags.values())
