"""Score the topics: `python -m benchmarks.evaluate.topics --corpora DIR [--model FILE]`, in a minute.

Nothing that is scored here was trained on. Half 0 of MasakhaNEWS English was looked at while the model and its
threshold were chosen, with Giveme5W1H beside it at first; half 1 was not.
"""

import argparse
import resource
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from services.contracts.articles import Article, FeedRef, Source
from services.contracts.enrichments import Language, Times, Timestamp
from services.contracts.identity import article_id, feed_id
from services.enrich.dates.parse import parse_date
from services.enrich.step import Draft
from services.enrich.steps.topics import given_topics, topics_step
from services.enrich.topics.features import features_of
from services.enrich.topics.media_topics import MEDIA_TOPICS
from services.enrich.topics.rules import load_topic_rules
from services.enrich.topics.sections import Sections, load_sections
from services.enrich.topics.text_model import MODEL_FILE, TextModel
from training.topics import corpora
from training.topics.calibrate import some_of
from training.topics.fit import fit, squared_idf
from training.topics.labelled import Labelled, publishers_alone

_LEDE_WORDS = 30
_SHOWN = (0.5, 0.6, 0.7, 0.75, 0.8, 0.9)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=MODEL_FILE)
    parser.add_argument("--quick", action="store_true", help="without the folds of BBC and AG")
    given = parser.parse_args()
    folder: Path = given.corpora
    started = time.process_time()
    model, sections = TextModel.load(given.model), load_sections()
    load_topic_rules()
    print(f"load: {time.process_time() - started:.3f} s of CPU; {given.model.stat().st_size / 1e6:.2f} MB on disk")
    if not given.quick:
        print(f"BBC, five folds, learnt from its own articles alone: {folds(corpora.bbc_whole(folder)):.2%}")
        print(f"AG News, five folds, learnt from its own rows alone: {folds(corpora.ag(folder)):.2%}")
    halves = [[one for one, _ in corpora.masakhanews(folder, half=half)] for half in (0, 1)]
    _table("MasakhaNEWS English, half 0 (looked at)", model, halves[0])
    _table("MasakhaNEWS English, half 1 (held out)", model, halves[1])
    _table("the same, headline and lede", model, [_short(one) for one in halves[1]])
    _table("headline alone, half 1 (held out)", model, [_headline(one) for one in halves[1]])
    _table("headline alone, half 0 (looked at)", model, [_headline(one) for one in halves[0]])
    _table("Giveme5W1H (not learnt from)", model, corpora.events(folder))
    for language in ("eng", "fra"):
        _urls(f"URLs of MasakhaNEWS {language}", sections, corpora.masakhanews(folder, language))
    _speed(folder, model, sections)
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def folds(texts: Sequence[Labelled], number: int = 5) -> float:
    """The share of texts whose likeliest topic is theirs, each judged by a model that did not see it."""
    codes = sorted(frozenset().union(*(one.topics for one in texts)))
    nothing = any(not one.topics for one in texts)
    features, targets = features_of([one.whole for one in texts]), publishers_alone(texts, [*codes, "none"])
    targets.signs[:, -1] = np.where(np.array([bool(one.topics) for one in texts]), -1, 1)
    gold = targets.signs.argmax(1)
    fold_of = np.random.RandomState(0).permutation(len(texts)) % number
    right = 0
    for fold in range(number):
        known, asked = np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold)
        learnt = some_of(features, known)
        rows = type(targets)(targets.signs[known], np.ones(len(known), np.float32))
        scores = fit(learnt, rows, squared_idf(learnt), strength=1.0).scores(some_of(features, asked))
        right += int((scores[:, : len(codes) + nothing].argmax(1) == gold[asked]).sum())
    return right / len(texts)


def _table(name: str, model: TextModel, texts: Sequence[Labelled]) -> None:
    """`given`: of the topics given, those that are the text's one label. A second topic that fits counts as wrong."""
    evidence = model.scores([one.whole for one in texts]) * model.slope + model.shift
    asked = frozenset().union(*(one.topics for one in texts))
    among = [column for column, code in enumerate(model.codes) if code in asked]
    likeliest = [model.codes[column] for column in evidence.argmax(1)]
    of_its_own = [model.codes[among[column]] for column in evidence[:, among].argmax(1)]
    print(f"\n{name}: {len(texts)} texts, {len(asked)} topics")
    print(f"  the likeliest topic is right: {_share(likeliest, texts):.1%} of all {len(model.codes)},", end=" ")
    print(f"{_share(of_its_own, texts):.1%} among those {len(asked)}")
    for least in _SHOWN:
        found = model.likely([one.whole for one in texts], least)
        pairs = [(code in one.topics, sure) for codes, one in zip(found, texts, strict=True) for code, sure in codes]
        given = np.mean([right for right, _ in pairs]) if pairs else np.nan
        sure = np.mean([sure for _, sure in pairs]) if pairs else np.nan
        covered = np.mean([bool(codes) for codes in found])
        print(f"  from {least:.2f}   given right {given:.1%}", end="")
        print(f"  mean probability {sure:.1%}  texts with a topic {covered:.1%}")
    found = given_topics(model, [one.whole for one in texts])
    right = [code in one.topics for codes, one in zip(found, texts, strict=True) for code, _ in codes]
    print(f"  as the step gives them: right {np.mean(right):.1%}", end="")
    print(f"  texts with a topic {np.mean([bool(codes) for codes in found]):.1%}")


def _share(found: Sequence[str], texts: Sequence[Labelled]) -> float:
    return float(np.mean([code in one.topics for code, one in zip(found, texts, strict=True)]))


def _urls(name: str, sections: Sections, rows: Sequence[tuple[Labelled, str]]) -> None:
    told = [(MEDIA_TOPICS[code].top in one.topics) for one, url in rows if (code := sections.of_url(url))]
    print(f"\n{name}: {np.mean(told):.1%} of {len(told)} right, {len(told) / len(rows):.0%} of all say something")


def _short(one: Labelled) -> Labelled:
    return Labelled(one.title, " ".join(one.text.split()[:_LEDE_WORDS]), one.topics, one.absent)


def _headline(one: Labelled) -> Labelled:
    return Labelled(one.title, "", one.topics, one.absent)


def _speed(folder: Path, model: TextModel, sections: Sections, batch: int = 256) -> None:
    texts = corpora.wire(folder, sections)[:20_000]
    drafts = [_draft(one) for one in texts]
    run = topics_step(model, sections, load_topic_rules()).run
    started = time.process_time()
    found = [draft for start in range(0, len(drafts), batch) for draft in run(drafts[start : start + batch])]
    seconds = time.process_time() - started
    tagged = sum(bool(draft.tags) for draft in found)
    print(f"\nthe step on {len(drafts)} headlines and summaries: {len(drafts) / seconds:,.0f} a second of CPU;")
    print(f"  {tagged / len(drafts):.0%} get a topic (of their text and by rules; no URL or category was shown)")


def _draft(one: Labelled) -> Draft:
    seen = parse_date("2026-07-01T12:00:00Z")
    assert seen is not None
    feed = FeedRef(id=feed_id("file:wire"), url="file:wire")
    article = Article(
        id=article_id(None, feed.url, one.title),
        revision=1,
        title=one.title,
        summary=one.text,
        source=Source(id="wire", name="Wire"),
        feed=feed,
        first_seen=seen.at,
        seen=seen.at,
    )
    times = Times(first_seen=Timestamp(at=seen.at, method="first_seen", precision="second", zone="explicit"))
    return Draft(article, times, language=Language(code="en", confidence=1, method="text"))


if __name__ == "__main__":
    main()
