"""Score the language step: `python -m benchmarks.evaluate.language --corpora DIR`, in a minute.

Sentences of 75 languages (`langid`), whole and cut to eight words as headlines are; weights and bounds were chosen on
half 0 (by a hash of the sentence), half 1 was not looked at. Real headlines in English and Japanese from `wire`, of
which half were looked at when the later bounds were checked, and in French from MasakhaNEWS, not used for choosing.
Bokmål and Nynorsk count as one language (the step gives `no` for both); Bosnian, Croatian and Serbian, and Indonesian
and Malay, count as different ones, unless the line says otherwise.
"""

import argparse
import csv
import hashlib
import html
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from services.enrich.identify import load_identifier
from services.enrich.steps.language import Identifier, decide_language, primary

Labelled = tuple[str, str]
"""A text and the primary code of its language."""

EU_AND_LARGE = frozenset(
    "bg hr cs da nl en et fi fr de el hu ga it lv lt pl pt ro sk sl es sv"
    " ar he fa hi bn ur ta te mr gu pa th vi id ja ko zh ru uk tr".split()
)
"""43 languages: those of the European Union that the corpus has, and twenty large ones from elsewhere."""

_GROUPS = {"bs": "sr", "hr": "sr", "ms": "id"}
_HEADLINE_WORDS = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, required=True)
    folder: Path = parser.parse_args().corpora
    started = time.process_time()
    identifier = load_identifier()
    print(f"load: {time.process_time() - started:.2f} s of CPU")
    for half, name in ((0, "half 0 (looked at)"), (1, "half 1 (held out)")):
        sentences = langid(folder, half)
        for kind, texts in (("headlines of 8 words", _cut(sentences)), ("sentences", sentences)):
            known = [one for one in texts if one[1] in identifier.known]
            print(f"\n{kind}, {name}")
            tell("43 languages", [one for one in texts if one[1] in EU_AND_LARGE], identifier)
            tell("all that the models know", known, identifier)
            tell("all 75", texts, identifier)
            tell("all 75, look-alikes as one", texts, identifier, group=lambda code: _GROUPS.get(code, code))
            tell("all 75, the feed claims it", texts, identifier, claim=lambda code: code)
            tell("all 75, the feed claims English", texts, identifier, claim=lambda _: "en")
    print("\nreal headlines, nothing claimed")
    for name, texts in real(folder).items():
        tell(name, texts, identifier)
        started = time.process_time()
        for text, _ in texts:
            decide_language(text, None, identifier)
        print(f"      {len(texts) / (time.process_time() - started):,.0f} a second of CPU")


def tell(
    name: str,
    texts: Sequence[Labelled],
    identifier: Identifier,
    *,
    claim: Callable[[str], str | None] = lambda _: None,
    group: Callable[[str], str] = lambda code: code,
) -> None:
    """`likeliest`: the share for which the likeliest language is right, were the step made to answer always."""
    counts: Counter[str] = Counter()
    likeliest = 0
    for text, code in texts:
        found = decide_language(text, claim(code), identifier).code
        counts["unknown" if found is None else "right" if group(found) == group(code) else "wrong"] += 1
        likeliest += group(identifier.likely(text)[0][0]) == group(code)
    shares = "  ".join(f"{kind} {counts[kind] / len(texts):.1%}" for kind in ("right", "wrong", "unknown"))
    print(f"  {name:<33} {len(texts):>6}  {shares}  (likeliest {likeliest / len(texts):.1%})")


def langid(folder: Path, half: int) -> list[Labelled]:
    found = []
    for path in sorted((folder / "langid" / "sentences").glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            sentence = " ".join(line.split())
            if sentence and hashlib.sha256(sentence.encode()).digest()[0] & 1 == half:
                found.append((sentence.lower(), primary(path.stem)))
    return found


def real(folder: Path) -> dict[str, list[Labelled]]:
    wire = {
        " ".join(html.unescape(row["title"]).lower().split()): "ja" if row["source"] == "NHK World" else "en"
        for path in sorted((folder / "wire" / "wire").glob("*.ndjson"))
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())
    }
    with (folder / "topics" / "masakhanews" / "fra" / "dev.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    return {
        "English (wire)": _of(wire.items(), "en"),
        "Japanese (wire)": _of(wire.items(), "ja"),
        "French (MasakhaNEWS)": [(" ".join(row["headline"].lower().split()), "fr") for row in rows],
    }


def _of(texts: Iterable[Labelled], code: str) -> list[Labelled]:
    return [one for one in texts if one[1] == code]


def _cut(texts: Sequence[Labelled]) -> list[Labelled]:
    return [(" ".join(text.split()[:_HEADLINE_WORDS]), code) for text, code in texts]


if __name__ == "__main__":
    main()
