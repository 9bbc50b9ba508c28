"""Text as the words that stories are told by: lower case, English plurals cut, East Asian runs as pairs of signs."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from operator import itemgetter
from urllib.parse import urlsplit

_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)*")
_MARKED = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u0670\u0900-\u0963\u0966-\u0eff\u1000-\u109f\u1780-\u17ff"
_MARK = re.compile(f"[{_MARKED}]")
_MARKED_WORD = re.compile(rf"(?:[^\W_]++|[{_MARKED}]++)++(?:['’][^\W\d_]+)*")
"""The same for scripts whose vowels are marks, which do not count as letters."""

_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff]{2,}"
)
_LONGEST = 40
_REMEMBERED = 30_000
_LEAST_WORDS = 3


def words_of(text: str, language: str | None) -> list[str]:
    """The words in order. `language` is a BCP 47 primary code, or None."""
    plain = text.isascii() or not _MARK.search(text)
    found = (_WORD if plain else _MARKED_WORD).findall(text.lower())
    if not text.isascii():
        found = [word.replace("’", "'") for word in found]
        if _UNSPACED.search(text):
            found = list(_in_pairs(found))
    return list(map((_ENGLISH if language == "en" else _OTHER).__getitem__, found))


def words_of_address(url: str | None, language: str | None) -> list[str]:
    """The words that the address of an article has of its title, for those that come without any text."""
    try:
        parts = urlsplit(url or "").path.split("/")
    except ValueError:
        return []
    longest = max(parts, key=lambda part: part.count("-"))
    words = [word for word in words_of(longest.replace("-", " "), language) if not any(map(str.isdigit, word))]
    return words if len(words) >= _LEAST_WORDS else []


def counted(words: Iterable[str], common: frozenset[str], most: int) -> dict[str, int]:
    """How often each of the `most` frequent words comes, without those of `common`; of equals the earlier ones."""
    counts = Counter(words)
    for word in common.intersection(counts):
        del counts[word]
    for word in [word for word in counts if len(word) > _LONGEST]:
        del counts[word]
    return dict(sorted(counts.items(), key=itemgetter(1), reverse=True)[:most])


class _Forms(dict[str, str]):
    """What each word counts as; the first so many words are remembered."""

    def __init__(self, form: Callable[[str], str]) -> None:
        self._form = form

    def __missing__(self, word: str) -> str:
        form = self._form(word)
        if len(self) < _REMEMBERED:
            self[word] = form
        return form


def _bare(word: str) -> str:
    return word[:-2] if word.endswith("'s") else word


def _singular(word: str) -> str:
    word = _bare(word)
    if len(word) < 4 or word[-1] != "s" or word[-2] in "su":
        return word
    return f"{word[:-3]}y" if word.endswith("ies") and len(word) > 4 else word[:-1]


_ENGLISH, _OTHER = _Forms(_singular), _Forms(_bare)


def _in_pairs(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        if _UNSPACED.search(word):
            yield from (word[at : at + 2] for at in range(len(word) - 1))
        else:
            yield word
