"""The model that ships: what it knows, that it knows its limits, and that nothing depends on the batch."""

import math
import time
from pathlib import Path

import numpy as np
import pytest

from services.enrich.topics.media_topics import TOP_LEVELS
from services.enrich.topics.text_model import MODEL_FILE, TextModel

MODEL = TextModel.load()

ARTICLES = [
    ("15", "Late goal sends Harbour United into the cup final after a tense match against their rivals"),
    ("15", "Teenager wins the 400 metres and a first Olympic medal for the island"),
    ("04", "Shares fall as the retailer warns on profit and inflation weighs on sales"),
    ("04", "Central bank holds interest rates; investors expect a cut by the autumn"),
    ("11", "Prime minister faces vote of no confidence as opposition parties unite in parliament"),
    ("11", "Senators reject the president's nominee after a long campaign by the opposition"),
    ("07", "Hospitals report a rise in measles; doctors urge parents to bring children for the vaccine"),
    ("07", "Patients with diabetes may need fewer drugs, a clinical trial of 4,000 people finds"),
    ("13", "Researchers build a robot that learns from video; software will be open to all"),
    ("13", "Rocket carries a telescope into orbit that will study distant planets, the space agency says"),
    ("01", "Singer's second album tops the charts as the band announces a tour and a film"),
    ("02", "Man jailed for life for murder; court heard how police found the knife"),
    ("05", "Pupils return to classrooms as teachers welcome new exam rules for secondary schools"),
    ("06", "Emissions of greenhouse gases fall, but conservationists warn of lost habitats and species"),
]


@pytest.mark.parametrize(("top", "text"), ARTICLES)
def test_an_article_gets_its_topic_first(top: str, text: str) -> None:
    [found] = MODEL.likely([text], 0.5)
    assert found[0][0] == f"medtop:{top}000000"


def test_an_article_may_have_several_topics() -> None:
    [found] = MODEL.likely(["Footballer sentenced to prison: court finds striker guilty of fraud after cup match"], 0.1)
    assert {code[7:9] for code, _ in found} >= {"02", "15"}


@pytest.mark.parametrize(
    "text", ["", "?!", "a", "Tuesday", "She said that it would be there, and so it was.", "zzyzx qwrt"]
)
def test_of_what_says_nothing_nothing_is_said(text: str) -> None:
    assert MODEL.likely([text], 0.75) == [[]]


def test_results_do_not_depend_on_the_batch() -> None:
    texts = ["", *(text for _, text in ARTICLES), "ہیلو", "\ud800"] * 50
    together = MODEL.likely(texts, 0.2)
    assert together == [found for text in texts[:17] for found in MODEL.likely([text], 0.2)] * 50
    assert together == MODEL.likely(texts[::-1], 0.2)[::-1]
    assert MODEL.likely([], 0.5) == []


def test_probabilities_are_the_logistic_function_of_the_score() -> None:
    texts = [text for _, text in ARTICLES]
    scores = MODEL.scores(texts)
    for row, found in enumerate(MODEL.likely(texts, 0.3)):
        assert [sure for _, sure in found] == sorted((sure for _, sure in found), reverse=True)
        for code, sure in found:
            column = MODEL.codes.index(code)
            evidence = scores[row, column] * MODEL.slope[column] + MODEL.shift[column]
            assert sure == pytest.approx(1 / (1 + math.exp(-evidence)))
            assert 0.3 <= sure <= 1


@pytest.mark.parametrize("text", ["Title", "Senators", "Football match", "Bank rates rise", "goal goal goal goal"])
def test_a_few_words_prove_nothing(text: str) -> None:
    before, short, after = MODEL.likely([ARTICLES[5][1], text, ARTICLES[5][1]], 0.01)
    assert short == []
    assert before == after == MODEL.likely([ARTICLES[5][1]], 0.01)[0]


def test_a_higher_score_never_means_a_lower_probability() -> None:
    assert (MODEL.slope > 0).all()


def test_the_model_is_small_loads_fast_and_is_plain_arrays() -> None:
    assert MODEL_FILE.stat().st_size < 2_000_000
    started = time.process_time()
    TextModel.load()
    assert time.process_time() - started < 0.3
    assert set(MODEL.codes) <= set(TOP_LEVELS)
    with np.load(MODEL_FILE, allow_pickle=False) as held:
        assert all(held[name].dtype.kind in "iufU" for name in held.files)


def test_a_model_is_read_as_it_was_written(tmp_path: Path) -> None:
    MODEL.save(tmp_path / "model.npz")
    assert (tmp_path / "model.npz").read_bytes() == MODEL_FILE.read_bytes() or _same(
        TextModel.load(tmp_path / "model.npz")
    )


def _same(other: TextModel) -> bool:
    """Where another zlib packs otherwise, what is packed must agree."""
    return other.codes == MODEL.codes and bool((other.table == MODEL.table).all())
