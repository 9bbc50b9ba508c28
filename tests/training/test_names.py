"""Training of the names model on sentences of our own: it learns, the same each time, and writes what it reads."""

from pathlib import Path

import numpy as np
import pytest

from services.enrich.names.features import Lexicon
from services.enrich.names.model import Model, load_model, save_model
from services.enrich.names.tagger import Tagger
from training.names.build import build
from training.names.corpora import Sentence, in_capitals, in_title_case, sentence_of
from training.names.crf import Course
from training.names.score import by_sentence, expected_of, score

PEOPLE = ("Ada Bell", "Tom Reed", "Ines Marsh", "Olga Finn", "Ben Stone")
TOWNS = ("Harwick", "Selby", "Norville", "Eastport")
FIRMS = ("Quay Motors", "Selby Bank", "Orion Group")


def sentences(people: tuple[str, ...], towns: tuple[str, ...]) -> list[Sentence]:
    made = []
    for number, (person, town) in enumerate((person, town) for person in people for town in towns):
        firm = FIRMS[number % len(FIRMS)]
        text = f"Mr {person} said in {town} that {firm} would open a plant ."
        words = text.split()
        labels = ["O"] * len(words)
        for name, kind in ((person, "PER"), (town, "LOC"), (firm, "ORG")):
            first = words.index(name.split()[0], 0 if kind != "ORG" else 6)
            for place in range(len(name.split())):
                labels[first + place] = f"{'I' if place else 'B'}-{kind}"
        made.append(sentence_of(words, labels, f"made-{number}", split_hyphens=False))
    return made


def trained() -> Model:
    nothing = np.zeros(0, np.uint32)
    lexicon = Lexicon(nothing, nothing.astype(np.uint16), np.zeros(1, np.uint8), nothing.astype(np.uint8))
    known = sentences(PEOPLE[:4], TOWNS[:3])
    return build(known, known[:4], known, lexicon, nothing, course=Course(epochs=6, batch=8))


@pytest.fixture(scope="module")
def model() -> Model:
    return trained()


def test_it_finds_names_that_it_has_not_met(model: Model) -> None:
    unknown = sentences(PEOPLE[4:], TOWNS[3:])
    assert score(expected_of(unknown), by_sentence(unknown, Tagger(model))).f1 == 1


def test_the_same_sentences_give_the_same_model(model: Model) -> None:
    again = trained()
    assert np.array_equal(again.values, model.values)
    assert np.array_equal(again.index, model.index)
    assert again.calibration == model.calibration


def test_what_is_written_is_read_again(model: Model, tmp_path: Path) -> None:
    paths = tmp_path / "weights.npz", tmp_path / "lexicon.npz"
    save_model(model, *paths)
    before = [path.read_bytes() for path in paths]
    read = load_model(*paths)
    known = sentences(PEOPLE, TOWNS)
    assert by_sentence(known, Tagger(read)) == by_sentence(known, Tagger(model))
    assert np.array_equal(read.chain.moves, model.chain.moves)
    save_model(read, *paths)
    assert [path.read_bytes() for path in paths] == before


@pytest.mark.parametrize(
    ("words", "hyphens", "text", "named"),
    [
        ("The U . S . Senate ’ s vote", True, "The U.S. Senate’s vote", "U.S. Senate"),
        ("pro - Russian fighters in Kyiv - Pechersk", True, "pro-Russian fighters in Kyiv-Pechersk", "Kyiv-Pechersk"),
        ("SOCCER - Leeds ( England ) won 2-1 .", False, "SOCCER - Leeds (England) won 2-1.", "Leeds"),
    ],
)
def test_words_are_put_together_as_they_would_be_written(words: str, hyphens: bool, text: str, named: str) -> None:
    parts = words.split()
    glued = "".join(named.split())
    labels = ["O"] * len(parts)
    first, last = next(
        (begin, end)
        for begin in range(len(parts))
        for end in range(begin + 1, len(parts) + 1)
        if "".join(parts[begin:end]) == glued
    )
    labels[first:last] = ["B-LOC", *["I-LOC"] * (last - first - 1)]
    sentence = sentence_of(parts, labels, "made", split_hyphens=hyphens)
    ((start, end, kind),) = sentence.spans
    assert (sentence.text, sentence.text[start:end], kind) == (text, named, "LOC")


def test_copies_keep_their_spans() -> None:
    sentence = Sentence("the mayor of Harwick said so", ((13, 20, "LOC"),), "made")
    assert in_title_case(sentence).text == "The Mayor of Harwick Said so"
    assert in_capitals(sentence).text == "THE MAYOR OF HARWICK SAID SO"
    assert in_capitals(sentence).spans == sentence.spans
