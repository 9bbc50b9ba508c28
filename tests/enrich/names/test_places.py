"""What names in scripts without spaces begin with, so that not every place in a text need be looked up."""

import unicodedata
from typing import Literal

import pytest

from services.enrich.names.foreign import ForeignNames
from services.enrich.names.places import beginnings, folded, load_gazetteer

GAZETTEER = load_gazetteer()
READER = ForeignNames(GAZETTEER, set[str]().__contains__, set[str]().__contains__)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("name", ["東京", "北京", "ガーナ", "ソウル", "アフガニスタン", "デリー"])
def test_a_known_name_is_found_among_other_signs_in_any_form(name: str, form: Literal["NFC", "NFD"]) -> None:
    text = unicodedata.normalize(form, f"首相は{name}を訪れた")
    [found] = READER.find(text, "ja")
    assert folded(text[found.start : found.end]) == folded(name)


def test_korean_names_are_found_with_endings_tied_to_them() -> None:
    [found] = READER.find("대통령은 서울에서 회의를 열었다", "ko")
    assert (found.start, found.end, found.kind) == (5, 7, "place")


def test_most_pairs_of_signs_begin_no_name() -> None:
    assert GAZETTEER.could_begin("東京")
    assert not GAZETTEER.could_begin("首相")


def test_names_in_letters_have_no_beginnings() -> None:
    assert beginnings("Seoul") == beginnings("Сеул") == set()
    assert beginnings("東京") == {"東京"}
