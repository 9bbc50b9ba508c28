"""What must hold of stories: the stream, the articles, the stories and their members say one and the same thing."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.contracts.stories import Story, StoryChanged
from services.contracts.streams import StreamNames
from services.enrich.stories.engine import UNKNOWN, Stories
from services.enrich.stories.rarity import background_of
from services.enrich.story_owner.entries import Entry
from services.enrich.story_owner.language import Language
from services.enrich.story_owner.reached import Reached, before
from tests.chaos.saying import say


@dataclass(slots=True)
class Served:
    """What the API serves: its articles, its stories, and of each story the ids of its members."""

    articles: Sequence[Mapping[str, Any]]
    stories: Sequence[Mapping[str, Any]]
    members: Mapping[str, Sequence[str]] = field(default_factory=dict)


def of_served(served: Served) -> Iterator[str]:
    """Every article is in exactly one story, named by the article and by the story's own members alike, and stories
    are as large as that."""
    named: dict[str, set[str]] = defaultdict(set)
    for article in served.articles:
        if article["story"]:
            named[article["story"]["id"]].add(article["id"])
    listed = Counter(story["id"] for story in served.stories)
    yield from say("in no story", [one["url"] for one in served.articles if not one["story"]])
    yield from say("stories listed more than once", [story for story, count in listed.items() if count > 1])
    yield from say("stories that articles name and that are not listed", named.keys() - listed.keys())
    yield from say("stories that no article names", listed.keys() - named.keys())
    for story in served.stories:
        yield from _of_story(story, named[story["id"]], served.members.get(story["id"], ()))
    sizes = {story["id"]: (story["size"], story["sources"]) for story in served.stories}
    wrong = [
        f"{one['id']} says {one['story']}"
        for one in served.articles
        if one["story"] and (one["story"]["size"], one["story"]["sources"]) != sizes.get(one["story"]["id"])
    ]
    yield from say("articles that name their story's size otherwise", wrong)


def _of_story(story: Mapping[str, Any], named: set[str], members: Sequence[str]) -> Iterator[str]:
    if story["size"] != len(named):
        yield f"story {story['id']} says that it has {story['size']} articles; {len(named)} name it"
    if Counter(members) != Counter(named):
        yield f"story {story['id']} lists {len(members)} members; {len(named)} articles name it"


def of_stream(served: Served, entries: Sequence[Entry]) -> Iterator[str]:
    """The API serves the partition that the stream tells."""
    told = partition_of(entry.told.data for entry in entries if isinstance(entry.told, StoryChanged))
    shown = {one["id"]: one["story"]["id"] for one in served.articles if one["story"]}
    other = [article for article in shown.keys() & told.keys() if shown[article] != told[article]]
    yield from say("in another story than the stream tells", other)
    yield from say("in a story of which the stream tells nothing", shown.keys() - told.keys())


def partition_of(changes: Iterable[Story]) -> dict[str, str]:
    """The story of each article: what a program finds that reads the stream from its beginning. An article joins one
    story after the other; of a story that was merged all articles go with it."""
    story_of: dict[str, str] = {}
    into: dict[str, str] = {}
    for change in sorted(changes, key=lambda one: one.sequence):
        story_of |= {str(joined.article): str(change.id) for joined in change.joined}
        if change.change == "merged":
            into[str(change.id)] = str(change.into)
    return {article: _end(story, into) for article, story in story_of.items()}


def _end(story: str, into: Mapping[str, str]) -> str:
    while story in into:
        story = into[story]
    return story


def of_replay(entries: Sequence[Entry], began: int, streams: StreamNames) -> Iterator[str]:
    """Who reads the stream from its beginning, undisturbed, tells the same stories in the same order as all owners
    together did under fire. `began` as in `Language`."""
    told: dict[str, list[Story]] = defaultdict(list)
    for entry in entries:
        if isinstance(entry.told, StoryChanged):
            told[entry.told.data.language].append(entry.told.data)
    anew = told_anew(entries, began, streams)
    for language in sorted(told.keys() | anew.keys()):
        if told[language] != anew.get(language, []):
            yield f"stories in {language!r} are told otherwise in a replay: {_first(told[language], anew[language])}"


def told_anew(entries: Sequence[Entry], began: int, streams: StreamNames) -> dict[str, list[Story]]:
    languages: dict[str, Language] = {}
    said: dict[str, list[Story]] = defaultdict(list)
    for entry in entries:
        name = entry.language
        for new in {UNKNOWN, name or UNKNOWN} - languages.keys():
            at = Reached(before(entry.id))
            languages[new] = Language(new, Stories(new, background_of(new)), at, at, began=began)
        for language in languages.values():
            for output in language.feed([entry], streams):
                if output.kind == "story":
                    said[language.name].append(StoryChanged.model_validate_json(output.payload).data)
    return said


def _first(told: Sequence[Story], anew: Sequence[Story]) -> str:
    at = next((at for at, (one, other) in enumerate(zip(told, anew, strict=False)) if one != other), None)
    if at is None:
        return f"{len(told)} events, not {len(anew)}"
    return f"event {at + 1} is {told[at].change} {told[at].id}, not {anew[at].change} {anew[at].id}"


def of_heard(served: Served, last: Mapping[str, Mapping[str, Any]], path: str) -> Iterator[str]:
    """What a live reader was told last of each story is what is served. `last` is by story."""
    yield from say(f"stories never told at {path}", [one["id"] for one in served.stories if one["id"] not in last])
    told = [(one, last[one["id"]]) for one in served.stories if one["id"] in last]
    old = [
        f"{one['id']}: {before['size']} articles, {before['title']!r}; not {one['size']}, {one['title']!r}"
        for one, before in told
        if (one["size"], one["title"]) != (before["size"], before["title"])
    ]
    yield from say(f"stories last told at {path} as they are no more", old)
