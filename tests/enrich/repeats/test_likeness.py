"""What counts as a repeat of what: pairs of headlines with their ledes, as publishers write them."""

import pytest

from services.enrich.repeats.likeness import likeness
from services.enrich.repeats.prints import print_of
from tests.enrich.articles import article

TITLE = "Harbour ferry runs aground in thick fog off Skerry Point"
BODY = (
    "A passenger ferry with 212 people on board ran aground on Tuesday morning in thick fog off Skerry Point, the "
    "coast guard said, and all of them were brought ashore by lifeboats within two hours while divers saw to the hull."
)
BACKGROUND = "The sound has been closed to large ships since the bridge was damaged in the storm of last winter"


def alike(one: tuple[str, str], other: tuple[str, str], *, same_source: bool) -> str | None:
    first, second = (print_of(article(title, summary=body or None)) for title, body in (one, other))
    found = likeness(first, second, same_source=same_source)
    return found.method if found else None


@pytest.mark.parametrize(
    ("other", "method"),
    [
        ((TITLE, BODY), "title+body"),
        ((TITLE, ""), "title"),
        ((TITLE.upper(), BODY.replace("A passenger", "PORT HAVEN (Agency) — A passenger")), "title+body"),
        ((TITLE, BODY.partition(" the coast guard")[2]), "title+body"),
        (("Everybody rescued after ferry runs aground", BODY), "title+body"),
        (("Lifeboats bring 212 ashore", BODY), "body"),
        (("Lifeboats bring 212 ashore", " ".join(BODY.split()[:20])), None),
        ((TITLE, "An entirely different text about what the ferry company said of its new timetable today"), "title"),
        (("Harbour ferry makes its last crossing after forty years of service", ""), None),
        (("LIVE: all the news from the harbour", BODY), None),
    ],
)
def test_copies_by_another_publisher(other: tuple[str, str], method: str | None) -> None:
    assert alike((TITLE, BODY), other, same_source=False) == method
    assert alike(other, (TITLE, BODY), same_source=False) == method


def test_one_sentence_of_background_makes_no_repeat() -> None:
    assert (
        alike(("Minister visits the pilots", BACKGROUND), ("Prices of fish rise", BACKGROUND), same_source=False)
        is None
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("News bulletin: Midday", "News bulletin: Evening"),
        ("The week in pictures, 4 July", "The week in pictures, 11 July"),
        ("Daily briefing for Monday, all you need to know", "Daily briefing for Tuesday, all you need to know"),
        ("Season review, part one of a series", "Season review, part two of a series"),
        ("Your daily briefing", "Your daily briefing"),
    ],
)
@pytest.mark.parametrize("body", ["", "The headlines that matter, read for you in five minutes by our newsroom"])
def test_a_series_of_one_publisher_is_not_merged(one: str, other: str, body: str) -> None:
    if one == other and body:
        body_of_other = "Quite another text than on the day before, as a briefing of another day has it"
    else:
        body_of_other = body
    assert alike((one, body), (other, body_of_other), same_source=True) is None


@pytest.mark.parametrize(
    ("other", "method"),
    [
        ((TITLE, BODY), "title+body"),
        ((f"BREAKING: {TITLE}", BODY), "title+body"),
        ((TITLE, ""), "title"),
        (("Lifeboats bring 212 ashore", BODY), None),
        ((TITLE, BACKGROUND), None),
    ],
)
def test_one_publisher_at_another_address_needs_the_same_title_and_text(
    other: tuple[str, str], method: str | None
) -> None:
    assert alike((TITLE, BODY), other, same_source=True) == method


def test_signs_without_spaces_are_compared_too() -> None:
    one = "港口渡轮在浓雾中搁浅，乘客全部获救"
    assert alike((one, ""), (one, ""), same_source=False) == "title"
    assert alike((one, ""), ("市议会批准新的夜间渡轮时刻表", ""), same_source=False) is None


@pytest.mark.parametrize("title", ["", "!", "\ud800", "\x00", "a" * 100_000, "word " * 50_000])
def test_whatever_a_title_holds_has_a_print(title: str) -> None:
    one = print_of(article("x").model_copy(update={"title": title, "summary": title}))
    likeness(one, one, same_source=False)
