"""The lexicon that features are made of: clusters, lists of names and places, and how words are written."""

import zlib
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from services.enrich.names.features import U32, Lexicon, mixed
from services.enrich.names.lists import FIRST_NAME, KNOWN_PLACE, PART_OF_PLACE, PLACE, SURNAME, WRITTEN
from services.enrich.names.places import CAPITAL, COUNTRY, STATE
from services.enrich.names.tokens import END, tokens_of
from training.names.gazetteer import Place
from training.names.person_lists import first_names, surnames
from training.names.word_clusters import cluster

_LARGE = 200_000


def sentences_of(texts: Iterable[str]) -> list[list[str]]:
    """The words of each sentence, as they are written."""
    sentences: list[list[str]] = []
    for text in texts:
        sentence: list[str] = []
        for word in tokens_of(text).words:
            if word == END:
                if sentence:
                    sentences.append(sentence)
                sentence = []
            else:
                sentence.append(word)
    return sentences


def lexicon(sentences: Sequence[Sequence[str]], places: Sequence[Place]) -> Lexicon:
    grouped = cluster([word.lower() for word in sentence] for sentence in sentences)
    clusters = dict(zip(grouped.words, grouped.of.tolist(), strict=True))
    bits: Counter[str] = Counter()
    for word, step in _written(sentences).items():
        bits[word] |= WRITTEN * step
    for names, bit in ((first_names(), FIRST_NAME), (surnames(), SURNAME)):
        for name in names:
            bits[name] |= bit
    for place in places:
        well_known = place.kind in (COUNTRY, STATE, CAPITAL) or place.population >= _LARGE
        for name in place.names:
            words = _words(name)
            if len(words) == 1:
                bits[words[0]] |= KNOWN_PLACE if well_known else PLACE
            elif well_known and len(words) <= 3:
                for word in words:
                    bits[word] |= PART_OF_PLACE if len(word) > 2 else 0
    columns: dict[int, tuple[int, int]] = {}
    for word in sorted({*clusters, *(word for word, value in bits.items() if value)}):
        if word.isascii() or word[0] < "\u0250":
            columns[zlib.crc32(word.encode())] = (clusters.get(word, 0), bits[word])
    hashes = np.array(sorted(columns), np.uint32)
    return Lexicon(
        hashes,
        np.array([columns[int(key)][0] for key in hashes], np.uint16),
        grouped.classes,
        np.array([columns[int(key)][1] for key in hashes], np.uint8),
    )


def listed_names(places: Sequence[Place]) -> U32:
    """The keys of places of two or three words, as `services.enrich.names.sentences` looks for them."""
    keys: set[int] = set()
    for place in places:
        for name in place.names:
            words = _words(name)
            if len(words) in (2, 3) and name[0] < "\u0250":
                parts = [np.array([zlib.crc32(word.encode())], np.uint32) for word in words]
                keys.add(int(mixed(7, *parts)[0]))
    return np.array(sorted(keys), np.uint32)


def _words(name: str) -> list[str]:
    return [word.lower() for word in tokens_of(name).words if word != END]


def _written(sentences: Sequence[Sequence[str]]) -> dict[str, int]:
    """How words are written inside sentences that are not set like titles: 1 mostly small, 2 both ways, 3 capital."""
    small: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for sentence in sentences:
        inner = [word for word in sentence[1:] if word[0].isalpha()]
        if len(inner) < 6 or 2 * sum(word[0].isupper() for word in inner) > len(inner):
            continue
        for word in inner:
            (capital if word[0].isupper() else small)[word.lower()] += 1
    result: dict[str, int] = {}
    for word in sorted({*small, *capital}):
        total = small[word] + capital[word]
        if total >= 3:
            ratio = small[word] / total
            result[word] = 1 if ratio > 0.85 else 3 if ratio < 0.15 else 2
    return result
