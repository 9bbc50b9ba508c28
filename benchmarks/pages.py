"""Is what we read from an article's page what it says, and how fast?

    python -m benchmarks.pages FOLDER [--show N]

FOLDER holds a folder for each page, with `source.html`, `expected.html` (the article alone) and
`expected-metadata.json` (title, byline, publishedTime, lang, siteName), as Mozilla's readability has them. Prints F1
over the words of the body (the mean of all pages, and the share of pages above .9), and how often metadata agrees
where some is expected. A third, by a hash of the folder's name, was not looked at while reading was written; it is
listed apart. `--show N` prints the N worst of the others. Speed is CPU time on one core, all of `read_page`.

What is expected comes from another program of readability's family: a body that it cut differently counts as wrong.
"""

import argparse
import hashlib
import json
import re
import statistics
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.contracts.strings import one_line
from services.ingest.pages.document import Page, read_page
from services.ingest.parse.markup import plain_text

URL = "http://fakehost/test/page.html"
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Case:
    name: str
    source: bytes
    text: str
    metadata: dict[str, Any]

    @property
    def held_out(self) -> bool:
        return hashlib.sha256(self.name.encode()).digest()[0] % 3 == 0


def read_cases(folder: Path) -> list[Case]:
    return [
        Case(
            path.name,
            (path / "source.html").read_bytes(),
            plain_text((path / "expected.html").read_text()),
            json.loads((path / "expected-metadata.json").read_text()),
        )
        for path in sorted(folder.iterdir())
        if (path / "source.html").is_file()
    ]


def f1(found: str, expected: str) -> float:
    ours, theirs = (Counter(_WORD.findall(text.lower())) for text in (found, expected))
    both = sum((ours & theirs).values())
    return 2 * both / (sum(ours.values()) + sum(theirs.values())) if both else 0.0


def agreements(case: Case, page: Page) -> dict[str, tuple[bool, object, object]]:
    """For each field that is expected: whether it agrees, what we have, what is expected."""
    ours, wanted = page.metadata, case.metadata
    fields = {
        "title": (ours.title, wanted.get("title"), _same_title),
        "author": (", ".join(ours.authors), wanted.get("byline"), _same_author),
        "date": (ours.published, wanted.get("publishedTime"), lambda a, b: one_line(a) == one_line(b)),
        "site": (ours.site, wanted.get("siteName"), lambda a, b: a.lower() == one_line(b).lower()),
        "language": (ours.language, wanted.get("lang"), lambda a, b: a.replace("_", "-").lower() == b.lower()),
    }
    return {
        name: (bool(found) and same(found, expected), found, expected)
        for name, (found, expected, same) in fields.items()
        if expected
    }


def _same_title(ours: str, theirs: str) -> bool:
    """The site's name before or behind the title does not count."""
    ours, theirs = one_line(ours).lower(), one_line(theirs).lower()
    return ours == theirs or (min(len(ours), len(theirs)) >= 15 and (ours in theirs or theirs in ours))


def _same_author(ours: str, theirs: str) -> bool:
    """All that we name is named there, where a whole byline stands, and nobody else than these by us."""
    words = set(_WORD.findall(ours.lower())) - {"by"}
    return bool(words) and words <= set(_WORD.findall(theirs.lower()))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path)
    options.add_argument("--show", type=int, default=0)
    asked = options.parse_args()
    cases = read_cases(asked.folder)
    read_page(cases[0].source, url=URL, robot="dateline")
    began = time.process_time()
    pages = [
        read_page(case.source, url=URL, content_type="text/html; charset=utf-8", robot="dateline") for case in cases
    ]
    took = time.process_time() - began
    scores = [f1(page.text.text if page.text else "", case.text) for case, page in zip(cases, pages, strict=True)]
    found = [agreements(case, page) for case, page in zip(cases, pages, strict=True)]
    for title, wanted in (("looked at", {False}), ("held out", {True}), ("all", {False, True})):
        some = [number for number, case in enumerate(cases) if case.held_out in wanted]
        bodies = [scores[number] for number in some]
        above = sum(score > 0.9 for score in bodies)
        print(f"{title:10} {len(some):4} pages   F1 {statistics.mean(bodies):.3f}   above .9: {above / len(some):.0%}")
        for field in ("title", "author", "date", "site", "language"):
            here = [found[number][field][0] for number in some if field in found[number]]
            print(f"    {field:9} {sum(here):4} of {len(here)}")
    print(f"{len(cases) / took:.0f} pages/s of CPU time")
    worst = sorted((score, case.name) for score, case in zip(scores, cases, strict=True) if not case.held_out)
    for score, name in worst[: asked.show]:
        print(f"    {score:.3f} {name}")
    wrong = [(c.name, n, *v[1:]) for c, one in zip(cases, found, strict=True) if not c.held_out
             for n, v in one.items() if not v[0]]  # fmt: skip
    for line in wrong[: 4 * asked.show]:
        print("   ", *(str(part)[:110] for part in line), sep=" | ")


if __name__ == "__main__":
    main()
