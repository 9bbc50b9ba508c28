"""IPTC Media Topics: from the text, the publisher's categories, the URL and rules, each with how sure it is."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from services.contracts.articles import Article
from services.contracts.enrichments import Tag
from services.enrich.step import Draft, Step
from services.enrich.topics.media_topics import MEDIA_TOPICS
from services.enrich.topics.rules import TopicRules
from services.enrich.topics.sections import Sections
from services.enrich.topics.text_model import TextModel

LEAST = 0.75
"""Probability from which a topic of the text is given: below, one in five is wrong."""

LEAST_WHEN_SHORT = 0.8
"""The same for less than `SHORT` characters, a headline alone: there the model thinks itself surer than it is.
Chosen on half 0 of MasakhaNEWS, see docs/models/topics.md."""

SHORT = 100

_TOLD = 0.02  # to who asks why

SUREST = 0.99
"""No text proves more."""

OF_CATEGORY = 0.9
OF_URL = 0.85
"""How sure a section is: on links with known topics nine in ten URLs were right (docs/models/topics.md)."""

_READ = "en"

Evidence = tuple[str, str, float]
"""The code of a Media Topic, the method that found it, and how sure it is."""


def topics_step(model: TextModel, sections: Sections, rules: TopicRules) -> Step:
    tags: dict[Evidence, Tag] = {}

    def tag(evidence: Evidence) -> Tag:
        """Each is made once: there are some thousands."""
        if evidence not in tags:
            code, method, sure = evidence
            topic = MEDIA_TOPICS[code]
            tags[evidence] = Tag(slug=topic.slug, label=topic.label, method=method, confidence=sure, concept=code)
        return tags[evidence]

    def run(drafts: Sequence[Draft]) -> Sequence[Draft]:
        english = [draft for draft in drafts if draft.language.code == _READ]
        likely = iter(given_topics(model, [_text(draft.article) for draft in english]))
        return [_tagged(draft, next(likely) if draft.language.code == _READ else None) for draft in drafts]

    def _tagged(draft: Draft, likely: list[tuple[str, float]] | None) -> Draft:
        found = strongest([*_filed(draft.article, sections), *_read(draft.article, likely, rules)])
        return replace(draft, tags=(*draft.tags, *map(tag, found))) if found else draft

    def explain(draft: Draft) -> str:
        if draft.language.code != _READ:
            return "the text is not known to be English, so only the publisher's sections count"
        [likely] = model.likely([_text(draft.article)], _TOLD)
        seen = ", ".join(f"{MEDIA_TOPICS[code].label} {sure:.2f}" for code, sure in likely[:3])
        least = LEAST_WHEN_SHORT if len(_text(draft.article)) < SHORT else LEAST
        return f"the words say {seen or 'nothing'}; a topic of a text so long is given from {least}"

    return Step(
        name="topics",
        version=3,
        reads=("title", "summary", "text", "language", "categories", "url", "tags"),
        adds=("tags",),
        run=run,
        explain=explain,
    )


def given_topics(model: TextModel, texts: Sequence[str]) -> list[list[tuple[str, float]]]:
    """For each text the topics that are given of it, with their probabilities."""
    return [
        found if len(text) >= SHORT else [(code, sure) for code, sure in found if sure >= LEAST_WHEN_SHORT]
        for text, found in zip(texts, model.likely(texts, LEAST), strict=True)
    ]


def _text(article: Article) -> str:
    return f"{article.title} {article.text or article.summary or ''}"


def _filed(article: Article, sections: Sections) -> Iterator[Evidence]:
    """What the publisher says, with the top level of each topic: who files under Cricket files under Sport."""
    for category in article.categories:
        for code in sections.of_category(category):
            yield from _with_top(code, "topics:category", OF_CATEGORY)
    if article.url and (section := sections.of_url(article.url)):
        yield from _with_top(section, "topics:url", OF_URL)


def _with_top(code: str, method: str, sure: float) -> Iterator[Evidence]:
    yield code, method, sure
    yield MEDIA_TOPICS[code].top, method, sure


def _read(article: Article, likely: list[tuple[str, float]] | None, rules: TopicRules) -> Iterator[Evidence]:
    """What the words say; None stands for a text that is not English."""
    if likely is None:
        return
    yield from ((code, "topics:text", min(round(sure, 2), SUREST)) for code, sure in likely)
    known = {code for code, _ in likely}
    for rule in rules.matching(article.title, article.summary or (article.text or "")[:500]):
        if known.isdisjoint(rule.unless):
            yield rule.code, "topics:rule", rule.confidence


def strongest(found: Sequence[Evidence]) -> list[Evidence]:
    """For each topic what is surest of it, the surest topic first."""
    best: dict[str, Evidence] = {}
    for evidence in found:
        if evidence[0] not in best or evidence[2] > best[evidence[0]][2]:
            best[evidence[0]] = evidence
    return sorted(best.values(), key=lambda evidence: (-evidence[2], evidence[0]))
