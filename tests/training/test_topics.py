"""Making the model of topics: the same twice, and right on what it was shown."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from services.enrich.topics.features import features_of
from training.topics.__main__ import same
from training.topics.build import build, in_integers
from training.topics.calibrate import curves, scores_by_strangers, some_of
from training.topics.corpora import own_articles
from training.topics.fit import fit, squared_idf
from training.topics.labelled import ENOUGH, Labelled, Seeds, load_seeds, targets_of

HEALTH, SPORT = CODES = ("medtop:07000000", "medtop:15000000")
SEEDS = Seeds({HEALTH: frozenset({"nurse", "public health"}), SPORT: frozenset({"cup", "goal", "league"})})

_OF = {
    HEALTH: ("doctors vaccine ward", "clinic nurse fever", "public health virus ward", "vaccine nurse trial"),
    SPORT: ("striker goal cup", "league match coach", "coach striker final", "match cup medal"),
}


def texts() -> list[Labelled]:
    """Forty articles of four publishers, each filed."""
    return [
        Labelled(f"{words} {place}", f"the {place} of it {number}", frozenset({code}), group=publisher)
        for publisher in "abcd"
        for number, place in enumerate(("harbour", "island", "valley", "market", "bridge"))
        for code in CODES
        for words in (_OF[code]["abcd".index(publisher)],)
    ]


def test_the_same_texts_make_the_same_model() -> None:
    one, other = build(texts(), SEEDS, CODES), build(texts(), SEEDS, CODES)
    assert same(one, other)
    assert not same(one, replace(other, table=-other.table))


def test_the_model_knows_what_it_was_shown_and_keeps_it_in_bytes() -> None:
    ordered = texts()
    features, targets = features_of([one.whole for one in ordered]), targets_of(ordered, SEEDS, CODES)
    exact = fit(features, targets, squared_idf(features))
    coarse = in_integers(exact, CODES)
    scores = coarse.scores([one.whole for one in ordered])
    assert [CODES[column] for column in scores.argmax(1)] == [next(iter(one.topics)) for one in ordered]
    step = np.abs(exact.weights).max(0) / 127
    assert (np.abs(coarse.table[:, : len(CODES)] * step - exact.weights) <= step * 0.51).all()
    assert coarse.table.dtype == np.int8


def test_probabilities_come_from_publishers_that_the_model_did_not_see() -> None:
    ordered = [*texts(), *(replace(one, group="e") for one in texts()[:10])]
    features, targets = features_of([one.whole for one in ordered]), targets_of(ordered, SEEDS, CODES)
    scores = scores_by_strangers(ordered, features, targets)
    alone = np.array([number for number, one in enumerate(ordered) if one.group not in "b"])
    of_b = np.array([number for number, one in enumerate(ordered) if one.group == "b"])
    strangers = fit(
        some_of(features, alone),
        replace(targets, signs=targets.signs[alone], weight=targets.weight[alone]),
        squared_idf(some_of(features, alone)),
    )
    assert np.allclose(scores[of_b], strangers.scores(some_of(features, of_b)))


def test_calibration_gives_back_the_shares_it_was_shown() -> None:
    scores = np.repeat([[-1.0], [0.0], [1.0]], 400, axis=0)
    right = np.concatenate([np.arange(400) < 40, np.arange(400) < 200, np.arange(400) < 360])
    shown = [Labelled("", "", frozenset({HEALTH if each else SPORT}), group="x") for each in right]
    slope, shift = curves(scores, shown, (HEALTH,))
    chances = 1 / (1 + np.exp(-(slope[0] * np.array([-1, 0, 1]) + shift[0])))
    assert chances == pytest.approx([0.1, 0.5, 0.9], abs=0.01)


def test_seeds_make_an_example_only_together_and_never_against_a_publisher() -> None:
    assert ENOUGH == 3
    spoken = Labelled("Cup", "goal")
    silent, hinted = Labelled("Ferry", "late"), Labelled("Ferry", "cup")
    filed = Labelled("Cup goal", "league", frozenset({HEALTH}), frozenset({SPORT}))
    signs = targets_of([spoken, silent, hinted, filed], SEEDS, CODES).signs
    assert signs.tolist() == [[-1, 1], [-1, -1], [-1, 0], [1, -1]]


def test_own_articles_are_read_and_errors_name_the_line(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text('{"title": "A", "text": "b", "topics": ["medtop:15000000"]}\n')
    [one] = own_articles(path)
    assert (one.whole, one.topics, HEALTH in one.absent) == ("A b", frozenset({SPORT}), True)
    path.write_text('{"title": "A", "topics": ["medtop:15000000"]}\n{"title": "B", "topics": ["sport"]}\n')
    with pytest.raises(ValueError, match="line 2: topics must be codes"):
        own_articles(path)


def test_the_seeds_that_ship_are_whole_words_of_known_topics() -> None:
    seeds = load_seeds()
    assert len(seeds.words) == 12
    assert all(len(words) > 25 for words in seeds.words.values())
    assert all(word and "\n" not in word for words in seeds.words.values() for word in words)
