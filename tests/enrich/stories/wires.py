"""Small wires made by hand, and what the engine makes of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid5

from services.contracts.identity import feed_id
from services.contracts.stories import Because, Story
from services.enrich.stories.arrival import Arrival, Named
from services.enrich.stories.engine import Stories
from services.enrich.stories.rarity import Background, background_of
from services.enrich.stories.setting import Setting
from services.enrich.stories.words import counted, words_of

HOUR = 3_600_000
DAY = 24 * HOUR
BEGINNING = 1_770_000_000_000
_WIRE = feed_id("https://harbour-courier.example/feed.xml")


def article_id(title: str, source: str) -> UUID:
    return uuid5(_WIRE, f"{source} {title}")


def arrival(
    title: str,
    summary: str = "",
    source: str = "harbour-courier.example",
    hours: float = 0,
    names: Iterable[str] = (),
    url: str | None = None,
    repeats: UUID | None = None,
) -> Arrival:
    """An article that came `hours` after the beginning and says so; `names` are slugs in its title."""
    at = BEGINNING + round(hours * HOUR)
    return Arrival(
        article=article_id(title, source),
        revision=1,
        at=at,
        first_seen=at,
        published=at,
        title=title,
        terms=counted(words_of(summary, "en"), background_of("en").common, 96),
        names=tuple(Named(slug, 1, True) for slug in names),
        source=source,
        url=url,
        repeats=repeats,
    )


@dataclass
class Reader:
    """Reads changes as a subscriber would: which story each article is in by now."""

    changes: list[Story] = field(default_factory=list)
    stories: dict[UUID, UUID] = field(default_factory=dict)
    reasons: dict[UUID, Because] = field(default_factory=dict)
    into: dict[UUID, UUID] = field(default_factory=dict)

    def read(self, changes: Sequence[Story]) -> None:
        self.changes += changes
        for change in changes:
            for joined in change.joined:
                self.stories[joined.article], self.reasons[joined.article] = change.id, joined.because
            if change.into:
                self.into[change.id] = change.into

    def story(self, one: Arrival) -> UUID:
        story = self.stories[one.article]
        while story in self.into:
            story = self.into[story]
        return story


def engine(setting: Setting | None = None, background: Background | None = None) -> Stories:
    return Stories("en", background_of("en") if background is None else background, setting)


def read(arrivals: Iterable[Arrival], stories: Stories | None = None) -> Reader:
    reader, stories = Reader(), stories or engine()
    for one in arrivals:
        reader.read(stories.take(one))
    return reader


FIRE = arrival(
    "Fire destroys the old fish market in Bergen",
    "Some 120 firefighters fought the blaze at the wooden fish market in Bergen's harbour. No one was hurt.",
    hours=1,
    names=("place:bergen",),
)
FIRE_ELSEWHERE = arrival(
    "Bergen fish market burns down, no injuries",
    "Firefighters could not save the wooden market hall in the harbour of Bergen, where a blaze broke out at night.",
    "tidings.example",
    hours=2,
    names=("place:bergen",),
)
FIRE_NEXT_DAY = arrival(
    "Police suspect arson in Bergen fish market fire",
    "A day after the blaze that destroyed the fish market in the harbour, police in Bergen look for two men.",
    "evening-star.example",
    hours=27,
    names=("place:bergen",),
)
MATCH = arrival(
    "Rovers beat Albion with a late goal by Marsh",
    "Marsh scored in the 89th minute as Rovers won 2-1 at Albion in the Northern League.",
    hours=3,
    names=("org:rovers", "org:albion"),
)
OTHER_MATCH = arrival(
    "Wanderers and Town share the points after early penalty",
    "Keeper Olsen saved a penalty as Wanderers drew 0-0 with Town in the Northern League.",
    "tidings.example",
    hours=3.5,
    names=("org:wanderers", "org:town"),
)
ELECTION = arrival(
    "Liberals win regional vote in Aragon",
    "The Liberals took 41 of 67 seats in the regional parliament of Aragon, ousting the Socialists after 12 years.",
    "tidings.example",
    hours=4,
    names=("place:aragon",),
)
DAY_OF_NEWS = (FIRE, FIRE_ELSEWHERE, MATCH, OTHER_MATCH, ELECTION, FIRE_NEXT_DAY)
