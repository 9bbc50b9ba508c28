"""When a guid comes back at another address: the same article, or a guid that was used twice?"""

from dataclasses import replace
from uuid import UUID

import pytest

from services.ingest.guids import Guid, guids_of
from services.ingest.parse import Entry
from services.ingest.recognise import Known, Named, Recognition, recognise
from services.ingest.revise import Remembered

OLD, NEW, THIRD = UUID(int=1), UUID(int=2), UUID(int=3)
KNOWN = Remembered(1, 1_000, "digest", ("one",))
STORM = Entry(
    guid="urn:harbour:4711",
    url="https://e.example/2026/03/01/storm-closes-habour",
    title="Storm closes the habour of Eastport",
    published="Sun, 01 Mar 2026 09:00:00 GMT",
)
CORRECTED = replace(
    STORM, url="https://e.example/2026/03/01/storm-closes-harbour", title="Storm closes the harbour of Eastport"
)
LATER = "Sun, 01 Mar 2026 11:30:00 GMT"


def guid_of(entry: Entry) -> Guid:
    (guid,) = guids_of([entry], generic=frozenset())
    assert guid
    return guid


def again(before: Entry, now: Entry, at_own: Known = None, others: frozenset[UUID] = frozenset()) -> Recognition:
    """`before` was published as OLD; `now` stands at another address, of which NEW is the id."""
    return recognise(NEW, at_own, guid_of(now), Named(OLD, guid_of(before).traits), others | {NEW})


@pytest.mark.parametrize(
    ("now", "why"),
    [
        (CORRECTED, "a corrected headline, and the address with it"),
        (
            replace(CORRECTED, title="All ferries cancelled until Monday"),
            "a new headline, but published at the same moment",
        ),
        (replace(CORRECTED, published=LATER), "a new date, but headline, guid and the numbers of the address agree"),
        (replace(CORRECTED, url="https://new.example/2026/03/01/storm"), "the site has moved to another domain"),
    ],
)
def test_the_same_article_at_a_new_address(now: Entry, why: str) -> None:
    told = again(STORM, now)
    assert (told.article, told.moved) == (OLD, True), (why, told.reason)


def test_a_guid_that_is_a_permalink_may_stay_when_the_link_changes() -> None:
    before = replace(STORM, guid=STORM.url)
    assert again(before, replace(CORRECTED, guid=STORM.url)).article == OLD


COUNTED = replace(STORM, guid="1")


@pytest.mark.parametrize(
    ("before", "now", "why"),
    [
        (STORM, replace(CORRECTED, title="Council votes on the bridge", published=LATER), "a copied article's guid"),
        (
            replace(STORM, title="Morning briefing from Eastport"),
            replace(
                STORM,
                title="Morning briefing from Eastport",
                url="https://e.example/2026/03/02/briefing",
                published="Mon, 02 Mar 2026 09:00:00 GMT",
            ),
            "a column with one guid for all its editions",
        ),
        (COUNTED, replace(CORRECTED, guid="1", title="Council votes on the bridge", published=LATER), "places counted"),
        (
            COUNTED,
            replace(CORRECTED, guid="1", title="Council votes on the bridge"),
            "places counted, one date for all",
        ),
        (COUNTED, replace(CORRECTED, guid="1", published=LATER), "places counted, headlines by chance alike"),
        (
            replace(STORM, published="2026-03-01"),
            replace(CORRECTED, title="Council votes on the bridge", published="2026-03-01"),
            "a date without a time of day says nothing",
        ),
    ],
)
def test_a_guid_that_was_used_for_another_article(before: Entry, now: Entry, why: str) -> None:
    told = again(before, now)
    assert told.article == NEW, (why, told.reason)


def test_a_guid_from_a_row_is_believed_with_moment_and_title() -> None:
    assert again(COUNTED, replace(CORRECTED, guid="1")).article == OLD


def test_an_address_that_is_known_goes_before_the_guid() -> None:
    assert again(STORM, CORRECTED, at_own=KNOWN).article == NEW
    assert again(STORM, CORRECTED, at_own=THIRD).article == THIRD


def test_an_article_is_not_taken_from_its_own_entry() -> None:
    assert again(STORM, CORRECTED, others=frozenset({OLD})).article == NEW


def test_an_article_stays_where_it_moved_to() -> None:
    told = recognise(NEW, OLD, guid_of(CORRECTED), Named(OLD, guid_of(CORRECTED).traits), {NEW})
    assert (told.article, told.moved) == (OLD, False)
    back = recognise(OLD, KNOWN, guid_of(STORM), Named(OLD, guid_of(CORRECTED).traits), {OLD})
    assert (back.article, back.moved) == (OLD, True)


def test_without_anything_remembered_the_address_is_the_identity() -> None:
    assert recognise(NEW, None, None, None, {NEW}).article == NEW
    assert recognise(NEW, KNOWN, guid_of(STORM), None, {NEW}).article == NEW
    assert recognise(NEW, OLD, None, None, {NEW}).article == OLD


def test_another_parameter_is_no_move_that_readers_need_to_hear_of() -> None:
    assert not again(
        replace(STORM, url="https://e.example/show?n=1&r=4"), replace(STORM, url="https://e.example/show?n=1&r=4&x")
    ).moved


@pytest.mark.parametrize(
    "entries",
    [
        [replace(STORM, guid="")],
        [replace(STORM, guid=None)],
        [replace(STORM, url=None)],
        [replace(STORM, guid="https://www.e.example/")],
        [STORM, replace(STORM, url="https://e.example/other")],
    ],
)
def test_guids_that_tell_nothing(entries: list[Entry]) -> None:
    assert set(guids_of(entries, generic=frozenset({"https://e.example/"}))) == {None}


def test_a_moment_that_several_entries_share_tells_nothing() -> None:
    entries = [STORM, replace(STORM, guid="urn:harbour:4712", url="https://e.example/b")]
    guids = guids_of(entries, generic=frozenset())
    assert [any(guid.traits.moment) for guid in guids if guid] == [False, False]


def test_titles_without_spaces_are_compared_too() -> None:
    before = replace(STORM, title="イラン革命防衛隊がホルムズ海峡の範囲を拡大", published="2026-03-01")
    now = replace(CORRECTED, title="イラン革命防衛隊、ホルムズ海峡の範囲を大幅に拡大", published="2026-03-02")
    assert again(before, now).article == OLD
    assert again(before, replace(now, title="米中首脳会談を前に各国の反応")).article == NEW
