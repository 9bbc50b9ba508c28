"""What a query says, and where one that is not understood goes wrong."""

from datetime import UTC, datetime

import pytest

from services.api.query.errors import QueryError
from services.api.query.parse import MAX_CHARS, MAX_DEPTH, MAX_LEAVES, parse
from services.api.query.tree import And, Listed, Node, Not, Or, Site, Within, Words
from services.contracts.identity import feed_id

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
A, B, C = Words("a"), Words("b"), Words("c")
URL = "https://paper.example/feed"


def day(month: int, number: int, hour: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, number, hour, tzinfo=UTC)


def any_of(*slugs: str) -> Listed:
    spaces = ("", "category:", "topic:", "person:", "org:", "place:")
    return Listed("tag", tuple(space + slug for slug in slugs for space in spaces))


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("a", A),
        ("a b", And((A, B))),
        ("a AND b", And((A, B))),
        ("a OR b", Or((A, B))),
        ("a b OR c", Or((And((A, B)), C))),
        ("a (b OR c)", And((A, Or((B, C))))),
        ("a or b", And((A, Words("or"), B))),
        ("-a b", And((Not(A), B))),
        ("!a", Not(A)),
        ("NOT a b", And((Not(A), B))),
        ("-(a b)", Not(And((A, B)))),
        ("(a -) b", And((A, B))),
        ('"a b"', Words("a b")),
        ("“a b”", Words("a b")),
        ("„a b“", Words("a b")),
        ('-"a b"', Not(Words("a b"))),
        ('5" pipe', And((Words('5"'), Words("pipe")))),
        ("well-known", Words("well-known")),
        ("a - b", And((A, B))),
        ("12:30 https://a.example/b?c", And((Words("12:30"), Words("https://a.example/b?c")))),
        ("C & A", And((Words("C"), Words("A")))),
        ("a OR ??", A),
        ("北京", Words("北京")),
        ("intitle:a", Words("a", "title")),
        ('INTITLE:"a b"', Words("a b", "title")),
        ("-intitle:(a OR b)", Not(Or((Words("a", "title"), Words("b", "title"))))),
        ("author:jane", Words("jane", "author")),
        ("source:courier", Words("courier", "source")),
        ("source:Courier.example", Listed("source", ("courier.example",))),
        ("source:a.example,b.example", Listed("source", ("a.example", "b.example"))),
        ('source:"The Courier"', Words("The Courier", "source")),
        ("tag:rain", any_of("rain")),
        ('tag:"Winter Storms"', any_of("winter-storms")),
        ("tag:rain,snow", any_of("rain", "snow")),
        ("tag:place:oslo", Listed("tag", ("place:oslo",))),
        ("-tag:rain", Not(any_of("rain"))),
        ("lang:de,en-GB", Listed("language", ("de", "en"))),
        ("site:www.Paper.example", Site("paper.example")),
        ("site:bücher.example", Site("xn--bcher-kva.example")),
        (f"feed:{URL}", Listed("feed", (str(feed_id(URL)),))),
        (f"feed:{feed_id(URL)}", Listed("feed", (str(feed_id(URL)),))),
        ("after:2026-03", Within(day(3, 1))),
        ("after:2026", Within(day(1, 1))),
        ("before:2026-03-01", Within(None, day(3, 1))),
        ("before:2026/3/1", Within(None, day(3, 1))),
        ("after:2026-03-01T09", Within(day(3, 1, 9))),
        ("after:2026-03-01T09:00+02:00", Within(day(3, 1, 7))),
        ("after:2026-03-01T09:00:00.5Z", Within(day(3, 1, 9))),
        ("after:P1D", Within(day(3, 30, 12))),
        ("after:P1M", Within(day(2, 28, 12))),
        ("before:PT36H", Within(None, day(3, 30))),
        ("date:2026-02", Within(day(2, 1), day(3, 1))),
        ("date:2025", Within(day(1, 1, year=2025), day(1, 1))),
        ("date:2026-03-01T09", Within(day(3, 1, 9), day(3, 1, 10))),
        ("date:2026-03-01/2026-03-08", Within(day(3, 1), day(3, 9))),
        ("date:2026-03-01/", Within(day(3, 1))),
        ("date:/2026-02", Within(None, day(3, 1))),
        ("date:2026-03-01/P1W", Within(day(3, 1), day(3, 8))),
        ("date:P1D/2026-03-01", Within(day(3, 1), day(3, 2))),
        ("date:P1D", Within(day(3, 30, 12))),
    ],
)
def test_a_query_says(text: str, root: Node) -> None:
    assert parse(text, NOW).root == root


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("", 0, "nothing to search for"),
        ("?! -", 0, "nothing to search for"),
        ("a OR", 4, "missing at the end"),
        ("OR a", 0, "OR needs something before and after it"),
        ("a OR OR b", 5, "OR needs something"),
        ("a AND", 5, "missing at the end"),
        ("(a", 0, "this ( is not closed"),
        ("a) b", 1, "this ) closes nothing"),
        ("a ()", 3, "missing before this )"),
        ('a "b', 2, 'the quote " is not closed'),
        ("a tga:rain", 2, "there is no field tga:"),
        ("intitle:!?", 8, "needs a letter or digit"),
        ("intitle:(tag:a)", 9, "within the group of intitle:"),
        ('tag:" "', 0, "tag: has no value"),
        ("tag:,", 4, "only a comma"),
        ("lang:english!", 5, "no code of a language"),
        ("feed:paper", 5, "neither the id nor the URL of a feed"),
        ("site:a/b", 5, "no name of a site"),
        ("after:yesterday", 6, "is no time; write"),
        ("after:2026-02-30", 6, "no time of the calendar"),
        ("after:2026-03-01T09:00+99:00", 6, "no time of the calendar"),
        ("after:P9999Y", 6, "before or after all years"),
        ("date:P1D/P1D", 5, "neither where it begins nor where it ends"),
        ("date:/", 5, "neither where it begins nor where it ends"),
        ("date:2026-03-08/2026-03-01", 5, "ends before it begins"),
        ("date:2026/03/01", 5, "more than one '/'"),
        ("a story:1", 8, "'1' is no id of a story"),
        ("a " * MAX_LEAVES + "b", 2 * MAX_LEAVES, "more than 50 words and fields"),
        ("(" * (MAX_DEPTH + 1), MAX_DEPTH, "nested more than 12 deep"),
        ("-" * (MAX_DEPTH + 1) + "a", MAX_DEPTH, "nested more than 12 deep"),
        ("a" * (MAX_CHARS + 1), MAX_CHARS, "has 501 characters; 500 are allowed"),
    ],
)
def test_what_is_not_understood_is_pointed_at(text: str, at: int, message: str) -> None:
    with pytest.raises(QueryError) as raised:
        parse(text, NOW)
    assert (raised.value.at, message in raised.value.message) == (at, True), raised.value


def test_the_place_is_shown_below_the_text() -> None:
    with pytest.raises(QueryError) as raised:
        parse("wind\tOR", NOW)
    assert raised.value.shown("wind\tOR").splitlines()[1:] == ["wind OR", " " * 7 + "^"]


def test_marked_words_are_those_that_may_be_there() -> None:
    assert parse("a -b (c OR -d) intitle:e tag:f", NOW).words() == (A, C, Words("e", "title"))
