"""The four topics that are found by words: what is one, and what only sounds like one."""

import pytest

from services.enrich.topics.media_topics import MEDIA_TOPICS
from services.enrich.topics.rules import load_topic_rules

RULES = load_topic_rules()


@pytest.mark.parametrize(
    ("title", "summary", "expected"),
    [
        ("Earthquake of magnitude 6 shakes the northern islands", "", ["03"]),
        ("Ferry capsizes off the cape, forty missing", "", ["03"]),
        ("Four survivors found", "Rescuers dug through the rubble for two days.", ["03"]),
        ("Firefighters tired after a long shift", "", []),
        ("Ruling party wins landslide victory", "", []),
        ("Cheap shirts are flooding the market", "", []),
        ("Dock workers begin three-day strike over pay", "", ["09"]),
        ("Steelworks announces 400 job cuts", "", ["09"]),
        ("Union leaders meet minister", "Wages have not kept up, workers say.", ["09"]),
        ("Air strike on harbour kills three workers", "", ["16"]),
        ("European Union agrees fishing quotas", "Workers wait for details.", []),
        ("Ceasefire holds for a second night", "", ["16"]),
        ("Rebels release hostages", "The army confirmed it.", ["16"]),
        ("Soldier opens bakery", "", []),
        ("Trade war: tariffs on missiles and shelling out more", "", []),
        ("War of words between ministers and the army", "", []),
        ("Heatwave: schools close early", "", ["17"]),
        ("Storm brings snow to the hills", "", ["17"]),
        ("Small firms try to weather the storm", "", []),
        ("Perfect storm for house prices", "", []),
        ("Typhoon makes landfall, landslides feared", "", ["03", "17"]),
        ("Library opens on Sundays", "A heatwave and a strike are not the subject.", []),
        ("", "", []),
    ],
)
def test_a_topic_is_found_by_words_that_mean_it(title: str, summary: str, expected: list[str]) -> None:
    found = [MEDIA_TOPICS[rule.code].top[7:9] for rule in RULES.matching(title, summary)]
    assert found == expected


def test_words_do_not_reach_from_the_title_into_the_summary() -> None:
    assert not RULES.matching("Harbour to be heavy", "rain of coins at the fair")
    assert RULES.matching("Harbour closed by heavy rain", "")


def test_every_rule_says_how_sure_it_is_and_where_it_is_mistaken() -> None:
    assert [rule.code[7:9] for rule in RULES.rules] == ["03", "09", "16", "17"]
    assert all(0.75 <= rule.confidence < 1 and rule.never and rule.unless for rule in RULES.rules)
