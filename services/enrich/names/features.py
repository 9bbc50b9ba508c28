"""What of a word and its neighbours the model looks at, as numbers of slots in one table of weights.

Each feature is hashed to a slot; whoever trains and whoever reads the model gets the same slots from here.
"""

from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

U32 = NDArray[np.uint32]

TABLE_BITS = 20
"""The table has 2 to this power slots; most are empty and cost nothing in the file."""

EXACT, LOWER, SHAPE, PREFIX_2, PREFIX_3, PREFIX_4, SUFFIX_2, SUFFIX_3, SUFFIX_4, CLUSTER, CLASS, GAZETTEER = range(12)
KINDS = 12
"""Columns of a word's keys: what of it can be looked at by itself."""

WORD_FEATURES = {
    -2: (LOWER, CLUSTER),
    -1: (LOWER, SHAPE, SUFFIX_3, CLUSTER, CLASS, GAZETTEER),
    0: (EXACT, LOWER, SHAPE, PREFIX_2, PREFIX_3, PREFIX_4, SUFFIX_2, SUFFIX_3, SUFFIX_4, CLUSTER, CLASS, GAZETTEER),
    1: (LOWER, SHAPE, SUFFIX_3, CLUSTER, CLASS, GAZETTEER),
    2: (LOWER, CLUSTER),
}
"""By distance from the word that is judged: what is looked at of the word there."""

CAPITAL, UPPER, SMALL, LETTERS, NUMBER, CONNECTOR, HYPHEN = (1 << bit for bit in range(7))
"""Bits of a word's flags. `SMALL` is a word that starts small where a title would have it start with a capital."""

_CONNECTORS = frozenset(
    "of the and & de la el al von van der den bin ibn del da di du le les des dos do e y for in on ' ’ 's ’s - – . / "
    "ul ud ur und et 'S ’S".split()
)
_FUNCTION_WORDS = frozenset(
    "a an and as at but by for from if in into is it its nor not of off on onto or over per so than that the to up via "
    "was were with after before about amid be are has have had he she they this his her their our you your we i who "
    "what when where why how more no says said will can could would may vs 's ’s".split()
)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What is known of words by lower-cased form: three columns for each crc32 of `hashes`, which are sorted.

    `clusters` groups words used alike (0: unknown), `classes` groups those clusters, `gazetteer` has bits for lists.
    """

    hashes: U32
    clusters: NDArray[np.uint16]
    classes: NDArray[np.uint8]
    gazetteer: NDArray[np.uint8]

    def of(self, lowered: U32) -> tuple[U32, U32, U32]:
        """Cluster, class and gazetteer bits of each hash; zeros where it is unknown."""
        if not len(self.hashes):
            nothing = np.zeros(len(lowered), np.uint32)
            return nothing, nothing, nothing
        at = np.minimum(np.searchsorted(self.hashes, lowered), len(self.hashes) - 1)
        known = self.hashes[at] == lowered
        cluster = np.where(known, self.clusters[at], 0)
        return (
            cluster.astype(np.uint32),
            self.classes[cluster].astype(np.uint32),
            np.where(known, self.gazetteer[at], 0).astype(np.uint32),
        )


def shape_of(word: str) -> str:
    """`Putin` is `Xx`, `U.S.` is `X.X.`, `F16` is `Xd`, `NATO` is `XX`."""
    shape = ""
    for char in word:
        kind = "X" if char.isupper() else "d" if char.isdigit() else "x" if char.isalpha() else char
        if shape[-1:] != kind or (kind == "X" and len(shape) == 1):
            shape += kind
            if len(shape) > 8:
                break
    return shape


def text_keys(word: str) -> tuple[int, ...]:
    """The keys of `EXACT` to `SUFFIX_4`, in that order: crc32 of UTF-8."""
    lower = word.lower()
    if not lower.isascii():
        parts = (lower, shape_of(word), lower[:2], lower[:3], lower[:4], lower[-2:], lower[-3:], lower[-4:])
        return tuple(crc32(part.encode("utf-8", "surrogatepass")) for part in ("=" + word, *parts))
    text = lower.encode()
    key = crc32(text)
    return (
        crc32(word.encode("utf-8", "surrogatepass"), _EQUALS),
        key,
        _SMALL_WORD if word == lower and word.isalpha() else crc32(shape_of(word).encode()),
        crc32(text[:2]),
        crc32(text[:3]),
        crc32(text[:4]),
        crc32(text[-2:]),
        crc32(text[-3:]),
        crc32(text[-4:]),
    )


_EQUALS, _SMALL_WORD = crc32(b"="), crc32(b"x")


def flags_of(word: str) -> int:
    lower = word.lower()
    function_word = lower in _FUNCTION_WORDS
    flags = 0
    if (word != lower) if word.isascii() else any(map(str.isupper, word)):
        flags |= CAPITAL
    if word[0].isalpha():
        flags |= 0 if function_word else LETTERS
        if word.isupper() and len(word) > 1:
            flags |= UPPER
        elif word[0].islower() and len(word) > 3 and not function_word:
            flags |= SMALL
    elif word[0].isdigit():
        flags |= NUMBER
    if word in "-–":
        flags |= HYPHEN
    if lower in _CONNECTORS:
        flags |= CONNECTOR
    return flags


def mixed(*keys: U32 | int) -> U32:
    """One key of several; their order matters."""
    result: U32 = np.array([0x811C9DC5], np.uint32)
    for key in keys:
        result = result ^ np.uint32(key)
        result *= np.uint32(0x9E3779B1)
        result ^= result >> np.uint32(15)
    result *= np.uint32(0x85EBCA77)
    result ^= result >> np.uint32(13)
    return result


def slots_of(keys: U32) -> NDArray[np.int64]:
    return (keys >> np.uint32(32 - TABLE_BITS)).astype(np.int64)


def word_slots(keys: U32, offset: int) -> NDArray[np.int64]:
    """The slots of words (columns of `KINDS` keys) that stand `offset` words after the one that is judged; a column
    for each word."""
    kinds = WORD_FEATURES[offset]
    salts = np.array([(offset + 2) * KINDS + kind + 1 for kind in kinds], np.uint32)
    return slots_of(mixed(salts[:, None], keys[list(kinds)]))


def context_slots(
    keys: U32, near: NDArray[np.int64], mode: U32, first: U32, joined: U32, listed: U32, runs: U32
) -> NDArray[np.int64]:
    """The slots of what words are beside each other, a column for each word. `keys` has a column for each word known,
    `near` the numbers of two words before, the word, two after.

    `mode` is how the sentence is written (0 plainly, 1 as a title, 2 in capitals), `first` whether the word begins it,
    `joined` whether no space parts it from its neighbours, `listed` where it stands in a gazetteer's name of several
    words, `runs` how many capitalised words stand before and after it.
    """
    before2, before, word, after, after2 = (
        {kind: keys[kind][numbers] for kind in kinds} for kinds, numbers in zip(_BESIDE, near, strict=True)
    )
    combined = (
        mixed(101, before[LOWER], word[LOWER]),
        mixed(102, word[LOWER], after[LOWER]),
        mixed(103, before[SHAPE], word[SHAPE], after[SHAPE], mode),
        mixed(104, word[LOWER], mode),
        mixed(105, before[CLUSTER], word[CLUSTER]),
        mixed(106, word[CLUSTER], after[CLUSTER]),
        mixed(107, word[SHAPE], first, mode),
        mixed(108, word[GAZETTEER], mode, first),
        mixed(109, listed, mode),
        mixed(110, word[SHAPE], joined),
        mixed(111, before2[LOWER], before[LOWER]),
        mixed(112, after[LOWER], after2[LOWER]),
        mixed(113, word[CLUSTER], mode, first),
        mixed(114, before[GAZETTEER], word[GAZETTEER], after[GAZETTEER]),
        mixed(115, before[CLASS], word[CLASS], after[CLASS]),
        mixed(116, runs, mode),
        mixed(117, runs, word[CLASS]),
        mixed(118, before[CLASS], word[GAZETTEER]),
        mixed(119, word[GAZETTEER], after[LOWER]),
    )
    return slots_of(np.stack(combined))


_OWN = (LOWER, SHAPE, CLUSTER, CLASS, GAZETTEER)
_BESIDE = ((LOWER,), _OWN, _OWN, _OWN, (LOWER,))
