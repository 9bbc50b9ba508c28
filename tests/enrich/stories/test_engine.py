"""Which articles are one story, and what is said of it."""

import math

import pytest

from services.enrich.stories.setting import Setting
from tests.enrich.stories.wires import (
    BEGINNING,
    DAY,
    DAY_OF_NEWS,
    ELECTION,
    FIRE,
    FIRE_ELSEWHERE,
    FIRE_NEXT_DAY,
    HOUR,
    MATCH,
    OTHER_MATCH,
    arrival,
    engine,
    read,
)


def test_several_publishers_tell_of_one_event() -> None:
    reader = read(DAY_OF_NEWS)
    assert reader.story(FIRE_ELSEWHERE) == reader.story(FIRE) == FIRE.article


def test_a_follow_up_of_the_next_day_belongs_to_it() -> None:
    reader = read(DAY_OF_NEWS)
    assert reader.story(FIRE_NEXT_DAY) == FIRE.article


def test_two_matches_of_one_league_are_two_stories() -> None:
    reader = read(DAY_OF_NEWS)
    assert len({reader.story(one) for one in (MATCH, OTHER_MATCH, ELECTION, FIRE)}) == 4


def test_a_story_is_known_by_the_article_that_opened_it_and_grows() -> None:
    opened, grown = read([FIRE, FIRE_ELSEWHERE]).changes
    assert (opened.change, opened.id, opened.articles, opened.sources) == ("opened", FIRE.article, 1, 1)
    assert (grown.change, grown.id, grown.articles, grown.sources) == ("grown", FIRE.article, 2, 2)
    assert grown.sequence > opened.sequence >= FIRE.at
    assert (grown.language, grown.by) == ("en", "wire")
    assert round(grown.opened.timestamp() * 1000) == FIRE.at
    assert round(grown.last.timestamp() * 1000) == FIRE_ELSEWHERE.at


def test_each_assignment_says_why() -> None:
    reader = read(DAY_OF_NEWS)
    because = reader.reasons[FIRE_NEXT_DAY.article]
    assert because.method == "similarity"
    assert because.nearest in (FIRE.article, FIRE_ELSEWHERE.article)
    assert because.score is not None
    assert because.threshold is not None
    assert because.score >= because.threshold
    assert {"bergen", "market"} & {term.text for term in because.shared}
    weights = [term.weight for term in because.shared]
    assert weights == sorted(weights, reverse=True)
    assert 0 < sum(weights) <= because.score + 1


def test_what_opens_a_story_says_what_came_closest() -> None:
    reader = read([FIRE, MATCH])
    because = reader.reasons[MATCH.article]
    assert because.method == "opened"
    assert because.score is None or because.score < Setting().threshold


def test_a_story_tells_what_it_is_about_by_words_and_names() -> None:
    story = read([FIRE, FIRE_ELSEWHERE, FIRE_NEXT_DAY]).changes[-1]
    assert {"bergen", "market", "fish"} <= {term.text for term in story.terms}
    assert story.title in (FIRE.title, FIRE_ELSEWHERE.title, FIRE_NEXT_DAY.title)
    assert story.title_from in (FIRE.article, FIRE_ELSEWHERE.article, FIRE_NEXT_DAY.article)


def test_the_name_of_a_town_alone_makes_no_story() -> None:
    kitchens = arrival("Port Alder school kitchens to cook from scratch again", hours=1, names=("place:port-alder",))
    ferry = arrival("Port Alder council saves the night ferry", hours=2, names=("place:port-alder",))
    apart, allowed = read([kitchens, ferry]), engine(Setting(of_one_name=1.0))
    assert apart.story(ferry) == ferry.article
    assert read([kitchens, ferry], allowed).story(ferry) == kitchens.article


def test_a_revision_never_moves_an_article() -> None:
    stories = engine()
    read([FIRE, ELECTION], stories)
    revised = ELECTION._replace(revision=2, title=FIRE.title, terms=FIRE.terms, names=FIRE.names, at=FIRE.at + 9 * HOUR)
    assert stories.take(revised) == []


def test_a_near_duplicate_belongs_where_its_original_is() -> None:
    copy = arrival("Quite another headline", "with nothing in common", "copy.example", hours=5, repeats=FIRE.article)
    reader = read([FIRE, ELECTION, copy])
    assert reader.story(copy) == FIRE.article
    assert (reader.reasons[copy.article].method, reader.reasons[copy.article].nearest) == ("repeat", FIRE.article)


def test_a_bulletin_is_a_story_of_its_own_each_time() -> None:
    known = "All that you need to know today."
    bulletins = [arrival(f"Morning briefing, {day} March", known, hours=24 * day) for day in (1, 2, 3)]
    reader = read(bulletins)
    assert len({reader.story(one) for one in bulletins}) == 3


def test_any_headline_that_its_source_repeats_does_not_attract() -> None:
    title, days = "Notes from the quay", range(4)
    notes = [arrival(f"{title} {day}", "", hours=24 * day) for day in days]
    others = [arrival(f"{title} {day}", "", f"{day}.example", hours=24 * day) for day in days]
    alone, shared = read(notes), read(others)
    assert len({alone.story(one) for one in notes}) > len({shared.story(one) for one in others})


def test_the_older_a_story_the_more_alike_a_new_article_must_be() -> None:
    scores = []
    for hours in (2, 24 * 3, 24 * 10):
        late = FIRE_ELSEWHERE._replace(at=BEGINNING + hours * HOUR, published=BEGINNING + hours * HOUR)
        scores.append(read([FIRE, late]).reasons[late.article].score or 0.0)
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[2]


def test_an_unknown_time_is_that_of_the_arrival() -> None:
    undated = FIRE_ELSEWHERE._replace(published=None)
    [dated], [other] = (read([FIRE, one]).changes[1].joined for one in (FIRE_ELSEWHERE, undated))
    assert other.because.score == dated.because.score


def test_a_printed_date_of_years_ago_keeps_no_article_out() -> None:
    misdated = FIRE_ELSEWHERE._replace(published=BEGINNING - 900 * DAY)
    assert read([FIRE, misdated]).story(misdated) == FIRE.article


def test_the_larger_a_story_the_more_alike_a_new_article_must_be() -> None:
    crowd = [FIRE._replace(article=arrival(f"{number}", "").article) for number in range(30)]
    scores = []
    for for_size in (0.0, 0.02):
        reader = read([*crowd, FIRE_NEXT_DAY], engine(Setting(for_size=for_size)))
        scores.append(reader.reasons[FIRE_NEXT_DAY.article].score or 0.0)
    assert scores[0] - scores[1] == pytest.approx(0.02 * math.log2(31), abs=0.002)


def test_a_story_to_which_nothing_comes_falls_quiet_and_wakes() -> None:
    stories, setting = engine(), Setting()
    reader = read([FIRE, FIRE_ELSEWHERE], stories)
    [quiet] = stories.pass_time(FIRE_ELSEWHERE.at + setting.quiet_after + 2 * HOUR)
    assert (quiet.change, quiet.id, quiet.articles, quiet.by) == ("quiet", FIRE.article, 2, "wire")
    assert stories.pass_time(FIRE_ELSEWHERE.at + setting.quiet_after + 9 * HOUR) == []
    late = FIRE_NEXT_DAY._replace(at=FIRE.at + 5 * DAY)
    reader.read(stories.take(late))
    assert reader.story(late) == FIRE.article


def test_a_story_is_forgotten_and_what_comes_later_opens_another() -> None:
    stories, setting = engine(), Setting()
    reader = read([FIRE, FIRE_ELSEWHERE], stories)
    late = FIRE_NEXT_DAY.at + setting.forgotten_after + DAY
    [quiet] = stories.take(FIRE._replace(revision=2, at=late))  # an article stays where it was for ever
    assert quiet.change == "quiet"  # which it was before it was forgotten
    reader.read(stories.take(FIRE_NEXT_DAY._replace(at=late)))
    assert reader.story(FIRE_NEXT_DAY) == FIRE_NEXT_DAY.article
    assert stories.active == 1


def test_there_are_never_more_stories_than_there_is_room_for() -> None:
    stories = engine(Setting(most_active=64))
    words = [f"{a}{b}onk" for a in "bdfgklmnprst" for b in "aeiouy"]
    for number in range(len(words) - 2):
        stories.take(arrival(f"{words[number]} {words[number + 1]} {words[number + 2]}", "", hours=number / 9))
    assert stories.active <= 64


def test_an_article_without_any_text_is_told_by_its_address() -> None:
    bare = arrival("", hours=2, url="https://tidings.example/news/bergen-fish-market-fire-destroys-old-market")
    reader = read([FIRE, MATCH, bare])
    assert reader.story(bare) == FIRE.article


@pytest.mark.parametrize("title", ["", "…", "7", "\ud800 half"])
def test_an_article_that_says_nothing_is_a_story_of_its_own(title: str) -> None:
    nothing = arrival("x", "", "tidings.example", hours=2)._replace(title=title.encode("utf-8", "replace").decode())
    reader = read([FIRE, nothing])
    assert reader.story(nothing) == nothing.article
