"""Names in texts that the model cannot read: places of the gazetteer, persons by a known first name, known initials.

Weaker than the model, and marked so: what is not in a list is not found.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from services.enrich.names.organisations import INITIALS
from services.enrich.names.places import CAPITAL, COUNTRY, Gazetteer
from services.enrich.names.tagger import LONGEST, Found
from services.enrich.names.tokens import END, tokens_of

PLACE_CONFIDENCE, PERSON_CONFIDENCE, INITIALS_CONFIDENCE = 0.7, 0.6, 0.7
"""Not measured: no labelled text in other languages is at hand. Below what the model is sure of, by design."""

_LARGE = 500_000
_SIGNS = re.compile("[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3]+")
_LONGEST_SIGNS = 8
_NOUNS_CAPITALISED = frozenset({"de", "lb"})


@dataclass(frozen=True, slots=True)
class ForeignNames:
    """`is_first_name` and `is_surname` look a lower-cased word up in the lists."""

    gazetteer: Gazetteer
    is_first_name: Callable[[str], bool]
    is_surname: Callable[[str], bool]

    def find(self, text: str, language: str | None) -> list[Found]:
        """Names of a text in that language, in order; they never overlap."""
        text = text[:LONGEST]
        found = list(self._of_signs(text)) if _SIGNS.search(text) else []
        tokens = tokens_of(text)
        words, starts = tokens.words, tokens.starts
        at = 0
        while at < len(words):
            match = self._at(text, words, starts, at, language)
            if match:
                count, name = match
                found.append(name)
                at += count
            else:
                at += 1
        return sorted(found, key=lambda name: name.start)

    def _at(
        self, text: str, words: list[str], starts: list[int], at: int, language: str | None
    ) -> tuple[int, Found] | None:
        word = words[at]
        if word == END or not word[0].isalpha() or word[0].islower() or _SIGNS.match(word):
            return None
        if word in INITIALS:
            return 1, Found(starts[at], starts[at] + len(word), "organisation", INITIALS_CONFIDENCE)
        run = _run(words, at)
        for count in range(min(3, run), 0, -1):
            end = starts[at + count - 1] + len(words[at + count - 1])
            # A word of a longer capitalised run is more often part of another name than a place of its own.
            if (count == run or count > 1 or not word[0].isupper()) and self._is_place(
                text[starts[at] : end], cased=word[0].isupper()
            ):
                return count, Found(starts[at], end, "place", PLACE_CONFIDENCE)
        begins = at == 0 or words[at - 1] == END
        if 2 <= run <= 3 and word[0].isupper() and self.is_first_name(word.lower()):
            last = words[at + run - 1].lower()
            if self.is_surname(last) or (language not in _NOUNS_CAPITALISED and not begins):
                end = starts[at + run - 1] + len(words[at + run - 1])
                return run, Found(starts[at], end, "person", PERSON_CONFIDENCE)
        return None

    def _is_place(self, name: str, *, cased: bool) -> bool:
        if len(name) < 4 and cased:
            return False
        return any(
            place.kind in (COUNTRY, CAPITAL) or place.population >= _LARGE for place in self.gazetteer.named(name)[:1]
        )

    def _of_signs(self, text: str) -> Iterator[Found]:
        """Chinese, Japanese and Korean do not part words (or tie endings to them): the longest known name anywhere."""
        for run in _SIGNS.finditer(text):
            signs, at = run[0], 0
            while at < len(signs) - 1:
                if not self.gazetteer.could_begin(signs[at : at + 2]):
                    at += 1
                    continue
                for length in range(min(_LONGEST_SIGNS, len(signs) - at), 1, -1):
                    if self._is_place(signs[at : at + length], cased=False):
                        begin = run.start() + at
                        yield Found(begin, begin + length, "place", PLACE_CONFIDENCE)
                        at += length
                        break
                else:
                    at += 1


def _run(words: list[str], at: int) -> int:
    """How many words from `at` on are capitalised, or letters without case, each after the other."""
    end = at
    while end < len(words) and words[end] != END and words[end][0].isalpha() and not words[end][0].islower():
        end += 1
    return end - at
