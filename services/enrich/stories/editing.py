"""What editors say of stories, and that it is kept."""

from collections.abc import Collection, Sequence

from services.contracts.stories import Story
from services.enrich.stories.life import Life
from services.enrich.stories.state import Edits


def merge(life: Life, story: bytes, into: bytes) -> list[Story]:
    if story == into:
        return []
    edits = life.state.edits
    edits.merged[story] = into
    edits.apart -= {pair_of(story, into)}
    return obey(life)


def pin(life: Life, article: bytes, story: bytes) -> list[Story]:
    life.state.edits.pinned[article] = story
    return obey(life)


def rename(life: Life, story: bytes, title: str | None) -> list[Story]:
    life.state.edits.titles[story] = title
    return obey(life)


def split(life: Life, story: bytes, articles: Collection[bytes]) -> list[Story]:
    state = life.state
    place = state.place_of(story)
    if place is None:
        leaving = [article for article in dict.fromkeys(articles) if article != story]
        if leaving:
            _keep_apart(state.edits, story, leaving)
        return []
    told = state.story(place)
    named = set(articles)
    leaving = [article for article in told.articles if (article in named) is not (told.id in named)]
    if not leaving or not named.intersection(told.articles):
        return []
    _keep_apart(state.edits, told.id, leaving)
    to = state.open(leaving[0], "", leaving[0], state.clock)
    return _move(life, leaving, place, to, split_from=told.id)


def obey(life: Life) -> list[Story]:
    """Do what editors said as far as what they spoke of is there by now."""
    state, edits = life.state, life.state.edits
    changes: list[Story] = []
    for story, target in list(edits.merged.items()):
        place, into = state.place_of(story), state.place_of(target)
        if place is not None and into is not None:
            del edits.merged[story]
            if place != into:
                changes += [life.merge(place, into, by_editor=True), life.tell(into, "grown")]
    for article, target in list(edits.pinned.items()):
        place, into = state.places.get(article), state.place_of(target)
        if place is not None and into is not None and place != into:
            changes += _move(life, [article], place, into)
    for story, title in list(edits.titles.items()):
        place = state.place_of(story)
        if place is not None:
            del edits.titles[story]
            state.story(place).named = title
            changes.append(life.tell(place, "renamed"))
    return changes


def _keep_apart(edits: Edits, story: bytes, leaving: Sequence[bytes]) -> None:
    edits.pinned |= dict.fromkeys(leaving, leaving[0])
    edits.apart.add(pair_of(story, leaving[0]))


def _move(life: Life, articles: Sequence[bytes], place: int, to: int, split_from: bytes | None = None) -> list[Story]:
    """Articles leave one story for another; one that none is left of becomes part of the other."""
    state = life.state
    if len(articles) == len(state.story(place).articles):
        gone = life.merge(place, to, by_editor=True)
        return [gone, life.tell(to, "grown", articles)]
    state.move(articles, place, to)
    state.story(to).words = "\n".join(filter(None, (state.story(to).words, state.story(place).words)))
    change = life.tell(to, "split" if split_from else "grown", articles, split_from=split_from)
    return [change, life.tell(place, "grown")]


def pair_of(one: bytes, other: bytes) -> tuple[bytes, bytes]:
    return min(one, other), max(one, other)
