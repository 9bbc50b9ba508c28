"""Tags of words, and labelled sentences as runs to learn from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.enrich.names.features import TABLE_BITS, U32, WORD_FEATURES, word_slots
from services.enrich.names.listed import Listed
from services.enrich.names.sentences import Vocabulary, batch_of
from services.enrich.names.tokens import END, tokens_of
from training.names.corpora import KINDS, Sentence
from training.names.crf import Runs

TAGS = ("O", *(f"{place}-{kind}" for kind in KINDS for place in "BIES"))
"""Outside; a name's first, inner and last word; a name of a single word."""

_OPEN = ("B", "I")

OWN = [*range(2, 26), 28, 29, 30, 31, 45]
"""Columns of features that a corpus apart has for itself: of the word, those beside it, and the two together."""


def may_follow() -> NDArray[np.bool_]:
    """Row: the tag before, column: the tag after."""
    return np.array(
        [
            [
                (after[0] in "IE" and before[1:] == after[1:]) if before[0] in _OPEN else after[0] in "OBS"
                for after in TAGS
            ]
            for before in TAGS
        ],
        np.bool_,
    )


def may_begin() -> NDArray[np.bool_]:
    return np.array([tag[0] in "OBS" for tag in TAGS], np.bool_)


def may_end() -> NDArray[np.bool_]:
    return np.array([tag[0] in "OES" for tag in TAGS], np.bool_)


@dataclass(frozen=True, slots=True)
class Labelled:
    """Words to learn from: the slots of their features, their tags, and where runs begin."""

    slots: NDArray[np.int32]
    tags: NDArray[np.int8]
    begins: NDArray[np.int64]


def labelled(sentences: Sequence[Sentence], vocabulary: Vocabulary, listed: U32) -> Labelled:
    """As the service will see them. Of a name that no run holds whole, the part that one holds is learned."""
    words: list[str] = []
    starts: list[int] = []
    joined: list[bool] = []
    firsts = [0]
    for sentence in sentences:
        tokens = tokens_of(sentence.text)
        end = -1
        for word, start in zip(tokens.words, tokens.starts, strict=True):
            joined.append(start == end and word != END and words[-1] != END)
            end = start + len(word)
            words.append(word)
            starts.append(start)
        firsts.append(len(words))
    batch = batch_of(vocabulary.numbers(words), np.array(joined), vocabulary, Listed(listed))
    chosen = set(batch.at.tolist())
    gold = np.zeros(len(words), np.int8)
    for number, sentence in enumerate(sentences):
        inside = range(firsts[number], firsts[number + 1])
        for start, end, kind in sentence.spans:
            at = [one for one in inside if start <= starts[one] < end and words[one] != END and one in chosen]
            at = at[: next((n for n in range(1, len(at)) if at[n] != at[n - 1] + 1), len(at))]
            for place, number_of_word in enumerate(at):
                prefix = "S" if len(at) == 1 else "B" if place == 0 else "E" if place == len(at) - 1 else "I"
                gold[number_of_word] = TAGS.index(f"{prefix}-{kind}")
    slots = [
        word_slots(vocabulary.keys[:, numbers], offset)
        for numbers, offset in zip(batch.near, WORD_FEATURES, strict=True)
    ]
    columns = np.concatenate([*slots, batch.context]).T
    return Labelled(np.ascontiguousarray(columns, np.int32), gold[batch.at], batch.runs)


def runs_of(parts: Sequence[Labelled], apart: Sequence[bool], least: int) -> tuple[Runs, NDArray[np.int64]]:
    """All parts as one, with slots numbered from 1 in the order of the second result; 0 is for those met less often.

    Words of a part that is `apart` also have features of their own, numbered on after the others: what its annotators
    do differently goes there, and is thrown away (Daumé, "Frustratingly Easy Domain Adaptation", 2007).
    """
    slots = np.concatenate([part.slots for part in parts])
    counts = np.bincount(slots.ravel(), minlength=1 << TABLE_BITS)
    kept = np.flatnonzero(counts >= least)
    number = np.zeros(1 << TABLE_BITS, np.int32)
    number[kept] = np.arange(1, len(kept) + 1)
    shared = number[slots]
    foreign = np.repeat(np.array(apart), [len(part.tags) for part in parts])[:, None]
    own = shared[:, OWN]
    own = np.where(foreign & (own > 0), own + np.int32(len(kept) + 1), np.int32(0))
    offsets = np.cumsum([0, *(len(part.tags) for part in parts)])
    begins = np.concatenate([part.begins + offset for part, offset in zip(parts, offsets[:-1], strict=True)])
    return Runs(np.concatenate([shared, own], axis=1), np.concatenate([part.tags for part in parts]), begins), kept
