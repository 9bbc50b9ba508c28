"""Make the topics model again: `python -m training.topics --corpora DIR`."""

import argparse
import sys
from pathlib import Path

import numpy as np

from services.enrich.topics.sections import load_sections
from services.enrich.topics.text_model import MODEL_FILE, TextModel
from training.topics import corpora
from training.topics.build import build
from training.topics.labelled import Labelled, load_seeds, seeds_as_texts


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.topics", description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True, help="where topics, wire, langid and ner are unpacked")
    parser.add_argument("--own", type=Path, help='your own articles too: lines of {"title", "text", "topics": [codes]}')
    parser.add_argument("--free", action="store_true", help="learn from freely licensed text alone")
    parser.add_argument("--out", type=Path, default=MODEL_FILE, help="where to write the model (default: %(default)s)")
    parser.add_argument("--check", action="store_true", help="write nothing; tell whether OUT is what would be written")
    given = parser.parse_args()
    texts = free_texts(given.corpora) if given.free else all_texts(given.corpora)
    model = made_of(texts + (corpora.own_articles(given.own) if given.own else []))
    if given.check:
        sys.exit(0 if same(model, TextModel.load(given.out)) else f"{given.out} is not what these texts make")
    model.save(given.out)


def made_of(texts: list[Labelled]) -> TextModel:
    seeds = load_seeds()
    return build(texts, seeds, sorted(seeds.words))


def all_texts(folder: Path) -> list[Labelled]:
    return [
        *corpora.wire(folder, load_sections()),
        *corpora.bbc(folder),
        *corpora.ag(folder),
        *corpora.media_topic_definitions(folder),
    ]


def free_texts(folder: Path) -> list[Labelled]:
    """IPTC's definitions, free sentences and our own words. Their publishers say nothing, so seeds and IPTC do."""
    return [
        *seeds_as_texts(load_seeds()),
        *corpora.media_topic_definitions(folder),
        *corpora.free_sentences(folder),
    ]


def same(one: TextModel, other: TextModel) -> bool:
    arrays = ("table", "scale", "bias", "slope", "shift")
    return one.codes == other.codes and all(np.array_equal(getattr(one, at), getattr(other, at)) for at in arrays)


if __name__ == "__main__":
    main()
