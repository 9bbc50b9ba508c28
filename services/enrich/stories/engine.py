"""The state machine of one language: articles and editors' words in, changes of stories out."""

from collections.abc import Iterable
from uuid import UUID

from services.contracts.stories import LifeChange, Story
from services.enrich.stories import editing
from services.enrich.stories.arrival import Arrival
from services.enrich.stories.choose import choose
from services.enrich.stories.life import Life
from services.enrich.stories.rarity import Background
from services.enrich.stories.saved import restored, saved
from services.enrich.stories.setting import Setting
from services.enrich.stories.state import State
from services.enrich.stories.vector import vector_of

UNKNOWN = "und"
"""The language of articles of which nobody knows it."""


class Stories:
    """Takes the arrivals of one language in the order of their events, and says after each what changed.

    The same arrivals and editors' words in the same order give the same changes, however they are batched and wherever
    the engine was saved and restored between them. It has no clock: time passes with the moments that it is given, in
    ms since 1970. What is returned is to be published in its order.

    Editors are believed over all that is computed later. Where they speak of a story or an article that is not
    there, it is kept until it is. A merged story can be named by its old id.
    """

    def __init__(self, language: str, background: Background, setting: Setting | None = None) -> None:
        self.language, self.setting = language, setting or Setting()
        self.state = State.begin(background)

    @property
    def active(self) -> int:
        """How many stories an article could join."""
        return len(self.state.ids)

    def take(self, arrival: Arrival) -> list[Story]:
        """What changed: stories that fell quiet before, stories that were found to be one, and the one that the article
        joined or opened. A revision of a known article changes nothing, whatever it says now."""
        state, life, article = self.state, self._life, arrival.article.bytes
        changes = life.pass_time(arrival.at)
        if article in state.places or self._is_forgotten(arrival):
            return changes
        vector = vector_of(arrival, self.language, state.rarity, self.setting)
        choice = choose(arrival, vector, state, self.setting)
        place = choice.place
        change: LifeChange = "opened" if place is None else "grown"
        if place is None:
            life.make_room()
            place = state.open(article, arrival.title, article, arrival.at)
        elif choice.also is not None and life.are_one(place, choice.also):
            place, gone = state.elder_first(place, choice.also)
            changes.append(life.merge(gone, place))
        state.add(place, vector, arrival, choice.series)
        state.rarity.learn(vector.all_ids)
        life.choose_title(place, arrival, vector)
        changes.append(life.tell(place, change, [article], choice.because, vector=vector))
        return changes + editing.obey(life) if state.edits and change == "opened" else changes

    def pass_time(self, at: int) -> list[Story]:
        """Stories that fell quiet by then. Needed only where no article comes."""
        return self._life.pass_time(at)

    def merge(self, story: UUID, into: UUID, at: int) -> list[Story]:
        """`story` is part of `into`, and known as that from now on."""
        return self._life.pass_time(at) + editing.merge(self._life, story.bytes, into.bytes)

    def split(self, story: UUID, articles: Iterable[UUID], at: int) -> list[Story]:
        """These articles of the story are a story of their own, whose id is that of the first of them to have come.

        A story's id stays with the article that opened it: where that one is among them, the others leave. Nothing is
        done where none would stay.
        """
        return self._life.pass_time(at) + editing.split(self._life, story.bytes, [one.bytes for one in articles])

    def pin(self, article: UUID, story: UUID, at: int) -> list[Story]:
        """The article belongs to the story."""
        return self._life.pass_time(at) + editing.pin(self._life, article.bytes, story.bytes)

    def rename(self, story: UUID, title: str | None, at: int) -> list[Story]:
        """The story is called so; with None as the wire finds best."""
        return self._life.pass_time(at) + editing.rename(self._life, story.bytes, title)

    def snapshot(self) -> bytes:
        """All that is remembered. Equal states give equal bytes."""
        return saved(self.state, self.language, self.setting)

    @classmethod
    def restore(cls, snapshot: bytes, language: str, setting: Setting | None = None) -> "Stories":
        """The engine as it was saved. Raises `OtherSnapshot` where it was saved by another version of this code, with
        another setting or for another language: the state must then be made again from the stream."""
        stories = cls.__new__(cls)
        stories.language, stories.setting = language, setting or Setting()
        stories.state = restored(snapshot, language, stories.setting)
        return stories

    @property
    def _life(self) -> Life:
        return Life(self.state, self.language, self.setting)

    def _is_forgotten(self, arrival: Arrival) -> bool:
        """A late revision of an article whose story is forgotten: it stays where it was."""
        return arrival.revision > 1 and arrival.at - arrival.first_seen > self.setting.forgotten_after
