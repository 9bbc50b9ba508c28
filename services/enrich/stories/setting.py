"""The one setting of the engine, and how it was chosen: docs/stories.md."""

from dataclasses import dataclass

_HOUR = 3_600_000
_DAY = 24 * _HOUR


@dataclass(frozen=True, slots=True)
class Setting:
    """An article's score against a story is a sum of three cosines, less what speaks against it, and must reach
    `threshold`. Spans of time are in ms."""

    threshold: float = 0.13

    of_centroid: float = 0.5
    """The weight of the likeness to the story's centroid,"""
    of_member: float = 0.33
    """to the most alike of its latest articles,"""
    of_title: float = 0.17
    """and to the most alike of their titles."""

    of_one_name: float = 0.08
    """What a single word, or a name with all its words, can bring at most: articles that share no more than a town or a
    person are about these, not about one event."""

    for_age: float = 0.07
    """Taken off where the article's time is `oldest_days` and more from the story's; less where it is nearer."""
    oldest_days: float = 30.0
    for_size: float = 0.01
    """Taken off for each doubling of the number of articles."""
    for_series: float = 1.0
    """Taken off where the headline comes again and again: such articles stay alone, but for near-duplicates."""

    title_bonus: float = 1.0
    """What a word's standing in the title adds to the 1 + ln(count) that its count in the text gives."""
    name_weight: float = 0.2
    """What a name counts for beside its words, which count as well."""
    digits_weight: float = 0.7
    """What a number counts for, compared with a word."""
    silent: float = 20.0
    """The weight of what an article says without words, in idf: the fewer words, the less alike can two articles be."""
    title_silent: float = 9.0
    """The same for titles."""
    article_terms: int = 64
    """How many of an article's heaviest terms count."""

    merge_at: float = 0.6
    """The cosine of two stories that are both near enough to one article, from which on they are one."""
    quiet_after: int = 72 * _HOUR
    forgotten_after: int = 14 * _DAY
    most_active: int = 60_000
    """Stories that are held at most."""
