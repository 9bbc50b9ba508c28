"""What editors say holds, over all that is computed later."""

from services.enrich.stories.setting import Setting
from tests.enrich.stories.wires import (
    DAY_OF_NEWS,
    ELECTION,
    FIRE,
    FIRE_ELSEWHERE,
    FIRE_NEXT_DAY,
    MATCH,
    OTHER_MATCH,
    arrival,
    engine,
    read,
)

LATER = FIRE_NEXT_DAY.at + 60_000


def test_two_stories_become_one_and_the_old_id_still_leads_there() -> None:
    stories = engine()
    reader = read(DAY_OF_NEWS, stories)
    merged, grown = stories.merge(OTHER_MATCH.article, MATCH.article, LATER)
    assert (merged.change, merged.id, merged.into, merged.by) == (
        "merged",
        OTHER_MATCH.article,
        MATCH.article,
        "editor",
    )
    assert (grown.change, grown.id, grown.articles, grown.sources) == ("grown", MATCH.article, 2, 2)
    reader.read([merged, grown])
    assert reader.story(OTHER_MATCH) == MATCH.article
    [renamed] = stories.rename(OTHER_MATCH.article, "The Northern League", LATER)
    assert (renamed.id, renamed.title, renamed.title_from) == (MATCH.article, "The Northern League", None)


def test_what_is_like_a_merged_story_goes_to_the_one_that_it_is_part_of() -> None:
    stories = engine()
    reader = read(DAY_OF_NEWS, stories)
    reader.read(stories.merge(OTHER_MATCH.article, MATCH.article, LATER))
    report = arrival(
        "Olsen the hero as Wanderers and Town draw", OTHER_MATCH.title, "late.example", hours=28,
        names=("org:wanderers", "org:town"),
    )  # fmt: skip
    reader.read(stories.take(report))
    assert reader.story(report) == MATCH.article


def test_articles_leave_for_a_story_of_their_own() -> None:
    stories = engine()
    reader = read(DAY_OF_NEWS, stories)
    split, grown = stories.split(FIRE.article, [FIRE_NEXT_DAY.article], LATER)
    assert (split.change, split.id, split.split_from) == ("split", FIRE_NEXT_DAY.article, FIRE.article)
    assert [joined.article for joined in split.joined] == [FIRE_NEXT_DAY.article]
    assert split.joined[0].because.method == "editor"
    assert (split.articles, split.sources, split.by) == (1, 1, "editor")
    assert (grown.change, grown.id, grown.articles, grown.sources) == ("grown", FIRE.article, 2, 2)
    reader.read([split, grown])
    more = arrival(
        "Two men held over arson in Bergen", FIRE_NEXT_DAY.title, "late.example", hours=30, names=("place:bergen",)
    )
    reader.read(stories.take(more))
    assert reader.story(more) == FIRE_NEXT_DAY.article


def test_a_story_keeps_its_id_with_the_article_that_opened_it() -> None:
    stories = engine()
    read(DAY_OF_NEWS, stories)
    split, _ = stories.split(FIRE.article, [FIRE.article], LATER)
    assert [joined.article for joined in split.joined] == [FIRE_ELSEWHERE.article, FIRE_NEXT_DAY.article]
    assert split.id == FIRE_ELSEWHERE.article


def test_all_of_a_story_or_none_of_it_cannot_be_split_off() -> None:
    stories = engine()
    read(DAY_OF_NEWS, stories)
    assert stories.split(MATCH.article, [MATCH.article], LATER) == []
    assert stories.split(FIRE.article, [ELECTION.article], LATER) == []


def test_the_wire_does_not_join_again_what_an_editor_split() -> None:
    eager = Setting(merge_at=0.01)
    stories = engine(eager)
    read([FIRE, FIRE_ELSEWHERE], stories)
    stories.split(FIRE.article, [FIRE_ELSEWHERE.article], FIRE_ELSEWHERE.at)
    assert "merged" not in {change.change for change in stories.take(FIRE_NEXT_DAY)}


def test_a_pinned_article_moves_and_stays() -> None:
    stories = engine()
    reader = read(DAY_OF_NEWS, stories)
    changes = stories.pin(FIRE_NEXT_DAY.article, ELECTION.article, LATER)
    assert [(change.change, change.id, change.articles) for change in changes] == [
        ("grown", ELECTION.article, 2),
        ("grown", FIRE.article, 2),
    ]
    reader.read(changes)
    assert reader.story(FIRE_NEXT_DAY) == ELECTION.article
    assert reader.reasons[FIRE_NEXT_DAY.article].method == "editor"


def test_a_story_whose_only_article_is_pinned_elsewhere_becomes_part_of_that() -> None:
    stories = engine()
    read(DAY_OF_NEWS, stories)
    merged, grown = stories.pin(MATCH.article, OTHER_MATCH.article, LATER)
    assert (merged.change, merged.id, merged.into) == ("merged", MATCH.article, OTHER_MATCH.article)
    assert [joined.article for joined in grown.joined] == [MATCH.article]


def test_what_an_editor_says_before_the_articles_come_holds_when_they_do() -> None:
    stories = engine()
    stories.pin(ELECTION.article, FIRE.article, FIRE.at)
    stories.merge(OTHER_MATCH.article, MATCH.article, FIRE.at)
    stories.rename(FIRE.article, "Fire in Bergen", FIRE.at)
    reader = read(DAY_OF_NEWS, stories)
    assert reader.story(ELECTION) == FIRE.article
    assert reader.story(OTHER_MATCH) == MATCH.article
    assert {change.title for change in reader.changes if change.change == "renamed"} == {"Fire in Bergen"}


def test_a_split_of_what_is_not_there_yet_holds_when_it_is() -> None:
    stories = engine()
    stories.split(FIRE.article, [FIRE_ELSEWHERE.article], FIRE.at)
    reader = read(DAY_OF_NEWS, stories)
    assert reader.story(FIRE_ELSEWHERE) == FIRE_ELSEWHERE.article


def test_a_title_stays_until_an_editor_gives_the_choice_back() -> None:
    stories = engine()
    read([FIRE, FIRE_ELSEWHERE], stories)
    stories.rename(FIRE.article, "Fire in Bergen", LATER)
    assert stories.take(FIRE_NEXT_DAY)[-1].title == "Fire in Bergen"
    [back] = stories.rename(FIRE.article, None, LATER)
    assert back.title in (FIRE.title, FIRE_ELSEWHERE.title, FIRE_NEXT_DAY.title)
    assert back.title_from is not None


def test_saying_a_thing_twice_changes_nothing_more() -> None:
    stories = engine()
    read(DAY_OF_NEWS, stories)
    assert stories.merge(OTHER_MATCH.article, MATCH.article, LATER)
    assert stories.merge(OTHER_MATCH.article, MATCH.article, LATER) == []
    assert stories.merge(MATCH.article, MATCH.article, LATER) == []
    assert stories.pin(ELECTION.article, ELECTION.article, LATER) == []
