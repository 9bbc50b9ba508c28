"""What is kept of an article's words: hashes of neighbouring words, enough to tell a copy and never the text."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple
from zlib import crc32

from services.contracts.articles import Article
from services.enrich.words import tokens_of

KEYS = 3
"""The smallest hashes of title and body each that an article is found by (bottom-k sampling, Broder 1997)."""

TITLE_PAIRS = 24
BODY_PAIRS = 48
"""How much of title and body is compared. The beginning: what agencies' clients cut is the end."""

_BODY_CHARACTERS = 1200
_TITLE_CHARACTERS = 400
_TELLING = 11
"""Characters of a pair; shorter ones (`of the`) are met in too many articles to find one by."""

_SPREAD = 0x9E3779B1
_FEW_TITLE = 2
_FEW_BODY = 6

_PARTS_OF_A_SERIES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday "
    "mon tue tues wed thu thur thurs fri sat sun "
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sep sept oct nov dec "
    "morning midday noon afternoon evening night midnight am pm today tonight tomorrow yesterday daily weekly weekend "
    "first second third fourth fifth sixth seventh eighth ninth tenth "
    "one two three four five six seven eight nine ten i ii iii iv v vi vii viii ix x "
    "lunes martes miércoles jueves viernes sábado domingo mañana tarde noche "
    "lundi mardi mercredi jeudi vendredi samedi dimanche matin midi soir "
    "montag dienstag mittwoch donnerstag freitag samstag sonntag morgen mittag abend "
    "понедельник вторник среда четверг пятница суббота воскресенье утро день вечер".split()
)

_LIVE = frozenset(("live", "liveblog", "ticker", "endirect", "onlain", "онлайн"))


class Print(NamedTuple):
    """16-bit hashes of the pairs of words in title and body, each once; 32-bit keys to be found by.

    `series` stands for the numbers, days and parts of day in the title, by which bulletins of a series differ;
    `live` marks pages that go on being written.
    """

    title: Collection[int]
    body: Collection[int]
    series: int
    live: bool
    keys: tuple[int, ...]


def print_of(article: Article) -> Print:
    """The body is the summary, or the text where there is none."""
    words = tokens_of(article.title[:_TITLE_CHARACTERS])
    title = _pairs(words, TITLE_PAIRS)
    body = _pairs(tokens_of((article.summary or article.text or "")[:_BODY_CHARACTERS]), BODY_PAIRS)
    keys = _lowest(title, _FEW_TITLE) + _lowest(body, _FEW_BODY)
    live = not _LIVE.isdisjoint(words)
    return Print(_shortened(title), _shortened(body), _series(words), live, tuple(dict.fromkeys(keys)))


def hash_of(text: str) -> int:
    """32 bits, the same on every machine and in every version."""
    # CRC-32 is the fastest stable hash that Python has; multiplied, its high bits depend on the whole text.
    return crc32(text.encode("utf-8", "surrogatepass")) * _SPREAD & 0xFFFFFFFF


def _pairs(words: Sequence[str], most: int) -> dict[int, bool]:
    """Hashes of neighbouring words, and whether the two are long enough to be rarely met together."""
    if len(words) == 1:
        return {hash_of(words[0]): True}
    texts = [f"{one} {other}" for one, other in pairwise(words[: most + 1])]
    # As `hash_of`, written out: this is done seventy times for an article.
    return {
        crc32(text.encode("utf-8", "surrogatepass")) * _SPREAD & 0xFFFFFFFF: len(text) >= _TELLING for text in texts
    }


def _lowest(pairs: Mapping[int, bool], few: int) -> list[int]:
    if len(pairs) < few:
        return []
    telling = [pair for pair, tells in pairs.items() if tells]
    return sorted(telling if len(telling) >= KEYS else pairs)[:KEYS]


def _shortened(pairs: Iterable[int]) -> frozenset[int]:
    return frozenset([pair >> 16 for pair in pairs])


def _series(words: Sequence[str]) -> int:
    parts = [word for word in words if word in _PARTS_OF_A_SERIES or word[0].isdigit() or word[-1].isdigit()]
    return hash_of(" ".join(sorted(parts))) >> 16 if parts else 0
