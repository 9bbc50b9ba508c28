"""Pages of a site are read one at a time, apart from each other."""

from services.ingest.pages.turns import Turns

A, B = "a.example", "b.example"


def test_one_page_of_a_site_at_a_time() -> None:
    turns = Turns(2.0)
    assert turns.enter(A, 100.0) is None
    assert turns.enter(B, 100.0) is None
    assert turns.enter(A, 100.0) == 102.0
    assert turns.enter(A, 100.0) == 104.0


def test_the_next_page_comes_after_the_spacing() -> None:
    turns = Turns(2.0)
    assert turns.enter(A, 100.0) is None
    turns.leave(A, 101.0)
    assert turns.enter(A, 101.0) == 102.0
    assert turns.enter(A, 102.0) is None


def test_all_who_wait_come_in_their_turn() -> None:
    turns = Turns(2.0)
    assert turns.enter(A, 100.0) is None
    waiting = [turn for _page in range(5) if (turn := turns.enter(A, 100.0))]
    turns.leave(A, 101.0)
    for turn in waiting:
        assert turns.enter(A, turn) is None
        turns.leave(A, turn + 1.0)


def test_a_site_may_ask_for_more() -> None:
    turns = Turns(2.0)
    assert turns.enter(A, 100.0) is None
    turns.leave(A, 101.0, delay_s=30.0)
    assert turns.enter(A, 110.0) == 131.0
    assert turns.enter(A, 131.0) is None


def test_a_page_that_the_site_has_no_place_for_goes_before_those_that_come_later() -> None:
    turns = Turns(2.0)
    assert turns.enter(A, 100.0) is None
    turns.put_off(A, 107.0)
    assert turns.enter(A, 101.0) == 109.0
    assert turns.enter(A, 107.0) is None


def test_many_sites_are_forgotten_again() -> None:
    turns = Turns(1.0)
    for number in range(10_000):
        turns.enter(f"{number}.example", float(number))
        turns.leave(f"{number}.example", float(number))
    assert len(turns._sites) < 5_000
