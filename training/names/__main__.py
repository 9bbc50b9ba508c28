"""Make the names model and the gazetteer again: `python -m training.names --corpora DIR`."""

import argparse
import sys
from pathlib import Path

from services.enrich.names.model import LEXICON, WEIGHTS, save_model, write_arrays
from services.enrich.names.places import FILE
from training.names import corpora
from training.names.background import background
from training.names.build import build
from training.names.corpora import Sentence
from training.names.free import free_sentences
from training.names.gazetteer import arrays, places
from training.names.lexicon import lexicon, listed_names, sentences_of

LOOKED_AT = (2,)
"""The share of Worldwide that choices were made on, and that confidences are fitted to; 0 and 1 are set aside."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.names", description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True, help="where ner, wire, topics and stories are unpacked")
    parser.add_argument("--free", action="store_true", help="learn from freely licensed text alone")
    parser.add_argument("--out", type=Path, default=WEIGHTS.parent, help="folder to write to (default: %(default)s)")
    given = parser.parse_args()
    ner = given.corpora / "ner"
    known = list(places())
    looked_at = corpora.all_of(corpora.worldwide(ner), LOOKED_AT)
    apart: list[Sentence]
    if given.free:
        sentences, apart = free_sentences(given.corpora, known), []
        texts = [sentence.text for sentence in sentences]
        looked_at = corpora.wnut(ner, "dev")
    else:
        sentences = corpora.all_of(corpora.worldwide(ner), range(3, 10))
        apart = [*corpora.conll(ner, "train"), *corpora.wnut(ner, "train")]
        texts = [*background(given.corpora), *(sentence.text for sentence in (*apart, *sentences))]
    model = build(
        sentences,
        apart,
        looked_at,
        lexicon(sentences_of(texts), known),
        listed_names(known),
        tell,
    )
    given.out.mkdir(parents=True, exist_ok=True)
    save_model(model, given.out / WEIGHTS.name, given.out / LEXICON.name)
    write_arrays(given.out / FILE.name, **arrays(known))


def tell(epoch: int, loss: float) -> None:
    sys.stderr.write(f"epoch {epoch}: loss {loss:.4f}\n")


if __name__ == "__main__":
    main()
