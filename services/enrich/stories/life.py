"""What happens to stories, and the telling of it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.contracts.stories import LifeChange, Story
from services.enrich.stories.arrival import Arrival
from services.enrich.stories.setting import Setting
from services.enrich.stories.state import State
from services.enrich.stories.told import BY_EDITOR, Change, Reason, event_of
from services.enrich.stories.vector import Vector

_HOUR = 3_600_000

_TITLES_LOOKED_AT = 12
"""Of the first articles of a story the headline is chosen; then it stays."""

_FEW = 8
"""Added to the number of a headline's words: short ones say little."""

_BETTER = 1.15
"""Times as good a headline must be as the one that the story has."""


@dataclass(frozen=True, slots=True)
class Life:
    state: State
    language: str
    setting: Setting

    def pass_time(self, at: int) -> list[Story]:
        """Let it be `at`, in ms: at each full hour of events stories fall quiet and are forgotten.

        What is told, and its order, depends on the hours that pass and not on the steps in which they do: who reads a
        stream from its beginning takes other steps than who reads it as it comes. Of stories of one article it is not
        told that they fell quiet.
        """
        state, hours = self.state, range(self.state.clock // _HOUR + 1, at // _HOUR + 1)
        changes = []
        for hour, place, end in self._due(hours) if hours else ():
            told = state.told[place]
            state.clock = hour * _HOUR
            if end:
                state.forget(place)
            elif told and not told.quiet:
                told.quiet = True
                if state.shelf.articles[place] > 1:
                    changes.append(self.tell(place, "quiet"))
        state.clock = max(state.clock, at)
        return changes

    def _due(self, hours: range) -> list[tuple[int, int, bool]]:
        """In which of these hours which story has been without an article for so long that it is quiet, or its end.
        What was due before is due in the first."""
        shelf, found = self.state.shelf, list[tuple[int, int, bool]]()
        places = np.flatnonzero(shelf.articles)
        for span, end in ((self.setting.quiet_after, False), (self.setting.forgotten_after, True)):
            due = np.maximum((shelf.arrived[places] + span) // _HOUR + 1, hours.start)
            now = due < hours.stop
            found += ((hour, place, end) for hour, place in zip(due[now].tolist(), places[now].tolist(), strict=True))
        return sorted(found)

    def make_room(self) -> None:
        """Forget a part of the stories where there are too many, those first to which nothing came for longest."""
        state, most = self.state, self.setting.most_active
        if len(state.ids) >= most:
            places = np.flatnonzero(state.shelf.articles)
            longest = places[np.argsort(state.shelf.arrived[places], kind="stable")][: max(1, most // 64)]
            for place in longest.tolist():
                state.forget(place)

    def tell(
        self,
        place: int,
        change: LifeChange,
        joined: Sequence[bytes] = (),
        reason: Reason = BY_EDITOR,
        *,
        vector: Vector | None = None,
        split_from: bytes | None = None,
    ) -> Story:
        """What the story is now; `reason` is why something happened, and `vector` that of the article that came."""
        told = self.state.story(place)
        terms = self.state.heaviest(place, vector)
        told.words = "\n".join(text for text, _ in terms)
        last, sequence = int(self.state.shelf.arrived[place]), self.state.next_sequence()
        by_editor = reason.method == "editor" and change != "quiet"
        said = Change(change, sequence, last, terms, joined, reason, by_editor, split_from=split_from)
        return event_of(told, self.language, said)

    def merge(self, place: int, into: int, *, by_editor: bool = False) -> Story:
        """One story becomes part of the other. What that is then is not told yet."""
        state = self.state
        gone, kept, last = state.story(place), state.story(into), int(state.shelf.arrived[place])
        if kept.named is None:
            kept.named = gone.named
        kept.words = "\n".join(filter(None, (kept.words, gone.words)))
        state.merge(place, into)
        change = Change("merged", state.next_sequence(), last, by_editor=by_editor, into=kept.id)
        return event_of(gone, self.language, change)

    def are_one(self, place: int, other: int) -> bool:
        """Whether two stories that one article belongs to are so alike that they must be one."""
        pair = (self.state.story(place).id, self.state.story(other).id)
        if (min(pair), max(pair)) in self.state.edits.apart:
            return False
        return self.state.like_each_other(place, other) >= self.setting.merge_at

    def choose_title(self, place: int, arrival: Arrival, vector: Vector) -> None:
        """Let the headline be the story's where it has clearly more of what the story is about than the one it has."""
        told, shelf = self.state.story(place), self.state.shelf
        if shelf.articles[place] > _TITLES_LOOKED_AT:
            return
        terms, weights = shelf.centroid(place)
        self.state.table[terms] = weights
        shared = int(self.state.table[vector.title_ids].sum())
        self.state.table[terms] = 0
        said = shared // math.isqrt(16 * (len(vector.title_ids) + _FEW))
        if said > _BETTER * told.title_says or not told.title:
            told.title, told.title_from, told.title_says = arrival.title, arrival.article.bytes, said
