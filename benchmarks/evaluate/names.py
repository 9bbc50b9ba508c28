"""Score the names: `python -m benchmarks.evaluate.names --corpora DIR [--model FOLDER]`, in half a minute.

Nothing that is scored here was trained on. Shares 0 and 1 of Worldwide (by the hash of the file's name) were set aside;
share 2 was looked at, and confidences are fitted to it. CoNLL++ dev was looked at a few times, not tuned on.
"""

import argparse
import json
import re
import resource
import time
from collections.abc import Sequence
from pathlib import Path

from services.enrich.names.articles import LEAST, Namer, Texts
from services.enrich.names.model import LEXICON, WEIGHTS, load_model
from services.enrich.names.places import load_gazetteer
from services.enrich.names.tagger import KINDS, Tagger
from training.names import corpora
from training.names.corpora import Sentence
from training.names.score import by_article, by_sentence, expected_of, score

_ARTICLES = 8000
_BATCH = 64
_WORD_BEGIN = re.compile(r"(?<![\w'’])([^\W\d_])")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=WEIGHTS.parent, help="folder of the model (default: %(default)s)")
    given = parser.parse_args()
    started = time.process_time()
    model = load_model(given.model / WEIGHTS.name, given.model / LEXICON.name)
    namer = Namer(model, load_gazetteer())
    print(f"load: {time.process_time() - started:.3f} s of CPU")
    ner = given.corpora / "ner"
    dev, worldwide = corpora.conll(ner, "dev"), corpora.worldwide(ner)
    aside = corpora.all_of(worldwide, (0, 1))
    columns = "".join(f"{name:>8}" for name in ("person", "org", "place", "F1", "prec.", "recall"))
    print(f"{'':34}{columns}{'articles: prec.':>17}{'recall':>8}")
    _row("CoNLL++ dev", dev, namer)
    _row("  every word capitalised", [_every_word(sentence) for sentence in dev], namer)
    _row("  set like a headline", [corpora.in_title_case(sentence) for sentence in dev], namer)
    _row("  in capitals", [corpora.in_capitals(sentence) for sentence in dev], namer)
    _row("Worldwide, set aside", aside, namer)
    _row("  set like a headline", [corpora.in_title_case(sentence) for sentence in aside], namer)
    _row("Worldwide, looked at", corpora.all_of(worldwide, (2,)), namer)
    _row("WNUT-17 dev", corpora.wnut(ner, "dev"), namer)
    _calibration(aside, Tagger(model))
    _speed(given.corpora, namer, Tagger(model))
    print(f"most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _row(name: str, sentences: Sequence[Sentence], namer: Namer) -> None:
    """Scores sentence by sentence; then precision and recall of what the service tells of whole articles."""
    expected, found = expected_of(sentences), by_sentence(sentences, Tagger(namer.model))
    kinds = "".join(f"{score(expected, found, kind).f1:8.3f}" for kind in KINDS.values())
    total = score(expected, found)
    told = score(*by_article(sentences, namer))
    print(
        f"{name:34}{kinds}{total.f1:8.3f}{total.precision:8.3f}{total.recall:8.3f}{told.precision:17.3f}{told.recall:8.3f}"
    )


def _every_word(sentence: Sentence) -> Sentence:
    def capital(found: re.Match[str]) -> str:
        upper = found[0].upper()
        return upper if len(upper) == 1 else found[0]

    return Sentence(_WORD_BEGIN.sub(capital, sentence.text), sentence.spans, sentence.document)


def _calibration(sentences: Sequence[Sentence], tagger: Tagger) -> None:
    """How often names of like confidence are right."""
    bins: dict[int, list[bool]] = {}
    found = tagger.find([sentence.text for sentence in sentences])
    for wanted, names in zip(expected_of(sentences), found, strict=True):
        for name in names:
            bins.setdefault(min(9, int(name.confidence * 10)), []).append((name.start, name.end, name.kind) in wanted)
    shares = "  ".join(f".{at}: {sum(right) / len(right):.2f} of {len(right)}" for at, right in sorted(bins.items()))
    print(f"right by confidence, Worldwide set aside: {shares} (told from {LEAST})")


def _speed(folder: Path, namer: Namer, tagger: Tagger) -> None:
    """Headline and lede from the wire in batches, first met and met again, in CPU time of one core."""
    lines = sorted((folder / "wire" / "wire").glob("*.ndjson"))[-1].read_text(encoding="utf-8").splitlines()
    documents = [json.loads(line) for line in lines[: 2 * _ARTICLES] if "NHK" not in line][:_ARTICLES]
    articles = [Texts({"title": one["title"], "summary": one["description"] or ""}, "en") for one in documents]
    words = sum(len(text.split()) for article in articles for text in article.fields.values()) / len(articles)
    print(f"{len(articles)} headlines with lede, {words:.0f} words each, by {_BATCH}:")
    for name in ("model alone, words new", "model alone", "names of articles, words new", "names of articles"):
        started = time.process_time()
        for begin in range(0, len(articles), _BATCH):
            batch = articles[begin : begin + _BATCH]
            if name.startswith("model"):
                tagger.find([text for article in batch for text in article.fields.values()])
            else:
                namer.names(batch)
        print(f"  {name}: {len(articles) / (time.process_time() - started):,.0f} articles/s of CPU time")


if __name__ == "__main__":
    main()
