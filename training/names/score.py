"""How many of the names of labelled sentences are found, with their exact ends and kinds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from services.enrich.names.articles import Namer, Texts
from services.enrich.names.tagger import Tagger
from training.names.corpora import Sentence

_KIND = {"PER": "person", "ORG": "organisation", "LOC": "place"}
Span = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of names: found and right, found, to be found."""

    right: int
    found: int
    expected: int

    @property
    def precision(self) -> float:
        return self.right / max(1, self.found)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.expected)

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, self.found + self.expected)


def score(expected: Sequence[set[Span]], found: Sequence[set[Span]], kind: str | None = None) -> Score:
    """Over all texts; `kind` counts only persons, organisations or places."""
    totals = [0, 0, 0]
    for wanted, got in zip(expected, found, strict=True):
        one = {span for span in wanted if kind in (None, span[2])}
        other = {span for span in got if kind in (None, span[2])}
        for place, count in enumerate((len(one & other), len(other), len(one))):
            totals[place] += count
    return Score(*totals)


def expected_of(sentences: Sequence[Sentence]) -> list[set[Span]]:
    return [{(start, end, _KIND[kind]) for start, end, kind in one.spans if kind in _KIND} for one in sentences]


def by_sentence(sentences: Sequence[Sentence], tagger: Tagger, batch: int = 64) -> list[set[Span]]:
    """What the model finds in each sentence by itself."""
    found: list[set[Span]] = []
    for begin in range(0, len(sentences), batch):
        texts = [sentence.text for sentence in sentences[begin : begin + batch]]
        found += [{(name.start, name.end, name.kind) for name in names} for names in tagger.find(texts)]
    return found


def by_article(sentences: Sequence[Sentence], namer: Namer) -> tuple[list[set[Span]], list[set[Span]]]:
    """Expected and found for whole documents, as the service names them: joined, voted on, looked for again."""
    expected: list[set[Span]] = []
    found: list[set[Span]] = []
    for document in _documents(sentences):
        text = ""
        wanted: set[Span] = set()
        for sentence, spans in zip(document, expected_of(document), strict=True):
            wanted |= {(start + len(text), end + len(text), kind) for start, end, kind in spans}
            text += sentence.text + "\n\n"
        (names,) = namer.names([Texts({"text": text}, "en")])
        expected.append(wanted)
        found.append({(one.start, one.end, name.kind) for name in names for one in name.mentions})
    return expected, found


def _documents(sentences: Sequence[Sentence]) -> Iterator[list[Sentence]]:
    for _, document in groupby(sentences, key=lambda sentence: sentence.document):
        yield list(document)
