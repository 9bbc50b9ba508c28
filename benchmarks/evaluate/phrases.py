"""Score the key phrases beside YAKE's: `python -m benchmarks.evaluate.phrases --corpora DIR [--count 2000]`.

English articles of the wire corpus, every so many, with ledes of twenty words and more. Each method is shown the lede
alone and gives its five best phrases of up to three words; the headline, which its editor wrote to say what the article
is about, is held out. `stand in the headline`: the share of phrases that do, in the same words and order. `headline
told`: the share of the headline's words, without stop words, that stand in one of the five. YAKE is on PyPI (extra
`evaluate`). The background of rare words was counted on the wire corpus, headlines included; YAKE has none.
"""

import argparse
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.evaluate.whole import articles
from services.contracts.articles import Article
from services.contracts.enrichments import Language
from services.enrich.context import Context
from services.enrich.identify import load_identifier
from services.enrich.names.articles import load_namer
from services.enrich.phrases.background import Background, load_backgrounds
from services.enrich.pipeline import begin
from services.enrich.step import Draft, Step
from services.enrich.steps.language import language_of
from services.enrich.steps.names import names_step
from services.enrich.steps.phrases import phrases_step

_OF = 60_000
_TOP = 5
_LEAST_WORDS = 20
_BATCH = 200
_WORDS = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_ENGLISH = Language(code="en", confidence=1, method="text")

Phrases = list[str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--count", type=int, default=2000)
    given = parser.parse_args()
    chosen = english(articles(given.corpora, _OF), given.count)
    backgrounds = load_backgrounds()
    ledes = [one.model_copy(update={"title": ""}) for one in chosen]
    drafts = [_draft(one) for one in ledes]
    print(f"{len(chosen)} articles; five phrases of the lede alone, held against the headline")
    step, named = phrases_step(backgrounds), _in_batches(names_step(load_namer()), drafts)
    _tell("ours, without names", chosen, backgrounds["en"], lambda: _ours(step, drafts))
    _tell("ours, names first", chosen, backgrounds["en"], lambda: _ours(step, named))
    try:
        import yake  # noqa: PLC0415  not everybody has it
    except ModuleNotFoundError:
        print("YAKE is not installed: pip install 'dateline[evaluate]'")
        return
    keywords = yake.KeywordExtractor(lan="en", n=3, top=_TOP)
    _tell(
        "YAKE",
        chosen,
        backgrounds["en"],
        lambda: [[phrase for phrase, _ in keywords.extract_keywords(one.summary or "")] for one in ledes],
    )


def english(of: Sequence[Article], count: int) -> list[Article]:
    identifier = load_identifier()
    long = [one for one in of if len((one.summary or "").split()) >= _LEAST_WORDS]
    every = long[:: max(1, len(long) // count)]
    return [one for one in every if language_of(one, identifier).code == "en"][:count]


def _draft(article: Article) -> Draft:
    empty = begin(article, Context())
    return Draft(article, empty.times, language=_ENGLISH)


def _in_batches(step: Step, drafts: Sequence[Draft]) -> list[Draft]:
    return [draft for start in range(0, len(drafts), _BATCH) for draft in step.run(drafts[start : start + _BATCH])]


def _ours(step: Step, drafts: Sequence[Draft]) -> list[Phrases]:
    return [[phrase.text for phrase in draft.phrases[:_TOP]] for draft in _in_batches(step, drafts)]


def _tell(name: str, of: Sequence[Article], background: Background, extract: Callable[[], list[Phrases]]) -> None:
    began = time.process_time()
    found = extract()
    seconds = time.process_time() - began
    stand = total = 0
    told = 0.0
    for article, phrases in zip(of, found, strict=True):
        headline = _words(article.title)
        whole = f" {' '.join(headline)} "
        stand += sum(f" {' '.join(_words(phrase))} " in whole for phrase in phrases)
        total += len(phrases)
        telling = {word for word in headline if background[word]}
        told += len(telling & {word for phrase in phrases for word in _words(phrase)}) / max(1, len(telling))
    print(f"  {name:<20} stand in the headline {stand / total:.1%}  headline told {told / len(of):.1%}", end="")
    print(f"  {len(of) / seconds:>8,.0f} articles a second of CPU")


def _words(text: str) -> list[str]:
    return _WORDS.findall(text.lower().replace("’", "'"))


if __name__ == "__main__":
    main()
