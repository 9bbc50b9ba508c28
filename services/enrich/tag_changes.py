"""What a rules file does to tags whatever gave them: renames and merges some, forbids others. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.contracts.enrichments import Tag

EVERY = ":*"
"""At the end of a forbidden slug: all of its namespace."""


@dataclass(frozen=True, slots=True)
class TagChanges:
    """`renamed` gives slug and label for old slugs; several that get one slug are merged. `forbidden` comes last.

    A tag that is renamed keeps its method and confidence, but not its concept: it is another tag now.
    """

    renamed: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    forbidden: frozenset[str] = frozenset()

    def applied(self, tags: Sequence[Tag]) -> tuple[Tag, ...]:
        """Each slug once, where it stood first, as it is surest."""
        if not self.renamed and not self.forbidden and len({tag.slug for tag in tags}) == len(tags):
            return tuple(tags)
        kept: dict[str, Tag] = {}
        for tag in tags:
            changed = self._renamed(tag)
            if self._forbids(changed.slug):
                continue
            if changed.slug not in kept or changed.confidence > kept[changed.slug].confidence:
                kept[changed.slug] = changed
        return tuple(kept.values())

    def reasons(self, tags: Sequence[Tag]) -> list[str]:
        """What is done to these tags, for who asks why."""
        renamed = [f"{tag.slug} is renamed to {self.renamed[tag.slug][0]}" for tag in tags if tag.slug in self.renamed]
        forbidden = [slug for slug in (self._renamed(tag).slug for tag in tags) if self._forbids(slug)]
        return [*renamed, *(f"{slug} is forbidden" for slug in forbidden)]

    def _forbids(self, slug: str) -> bool:
        return slug in self.forbidden or slug.partition(":")[0] + EVERY in self.forbidden

    def _renamed(self, tag: Tag) -> Tag:
        if tag.slug not in self.renamed:
            return tag
        slug, label = self.renamed[tag.slug]
        return tag.model_copy(update={"slug": slug, "label": label, "concept": None})
