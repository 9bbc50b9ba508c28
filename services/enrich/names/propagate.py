"""Mentions that the tagger overlooked: the same name elsewhere in the article."""

from collections.abc import Mapping, Sequence

from services.enrich.names.merge import Field, Spot

SURE = 0.8
"""Only names that the tagger was this sure of somewhere are looked for elsewhere."""

_MOST = 40

_MOST_AGAIN = 500
"""Further mentions in an article: a book has tens of thousands, and nobody is told more by them."""


def overlooked(spots: Sequence[Spot], texts: Mapping[Field, str]) -> list[Spot]:
    """Further places of `texts` (field to text) where a name of `spots` stands alone: no letter and no other
    capitalised word beside it. None overlaps with one of `spots`. The longest names first, 500 places at most."""
    sure: dict[str, Spot] = {}
    for spot in spots:
        if spot.confidence >= SURE and len(spot.text) > 2 and not spot.text.isupper():
            sure.setdefault(spot.text, spot)
    if not sure:
        return []
    taken: dict[Field, list[tuple[int, int]]] = {field: [] for field in texts}
    begun: dict[Field, set[int]] = {field: set() for field in texts}
    for spot in spots:
        taken[spot.field].append((spot.start, spot.end))
        begun[spot.field].add(spot.start)
    found: list[Spot] = []
    for name in sorted(sure, key=len, reverse=True)[:_MOST]:
        for field, text in texts.items():
            start = text.find(name)
            while start >= 0 and len(found) < _MOST_AGAIN:
                end = start + len(name)
                # Where a spot begins it is known.
                if start not in begun[field] and _alone(text, start, end):
                    spans = taken[field]
                    if all(end <= begin or start >= over for begin, over in spans):
                        spans.append((start, end))
                        found.append(sure[name]._replace(field=field, start=start, end=end, by="again"))
                start = text.find(name, end)
    return found


def _alone(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 1) : start], text[end : end + 2]
    return (
        not before.isalnum()
        and not after[:1].isalnum()
        and not (after[:1] in " -&" and after[1:].isupper())
        and not (before and before in "-&@#/._")
        and after[:1] not in ("@", "_", "/")
        and not _capitalised_before(text, start)
    )


def _capitalised_before(text: str, start: int) -> bool:
    """Whether the word right before starts with a capital, unless it is the text's first."""
    if text[start - 1 : start] != " ":
        return False
    word_begin = text.rfind(" ", 0, start - 1) + 1
    word = text[word_begin : start - 1]
    return word[:1].isupper() and word.isalpha() and word_begin > 0
