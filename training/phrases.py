"""Make the background of key phrases: `python -m training.phrases --corpora DIR`, in some seconds.

Counts in how many headlines with their ledes of the wire corpus each word stands, and keeps those of eight or more
with their inverse document frequency: words and a number each, no text. Run twice it gives the same bytes.
"""

import argparse
import html
import json
import math
import re
from collections import Counter, defaultdict
from pathlib import Path

FILE = Path(__file__).parents[1] / "services" / "enrich" / "phrases" / "background-en.txt"
LEAST = 8

_WORDS = re.compile(r"[^\W_][\w'’-]*")
_MARKUP = re.compile(r"<[^>]+>")
STOP_WORDS = frozenset(
    "a about above according across after again against ago ahead all almost along already also although always am "
    "amid among an and another any anyone anything are aren't around as at away back be became because become been "
    "before began behind being below between both but by called came can can't cannot come comes coming could "
    "couldn't did didn't do does doesn't doing don't done down due during each earlier early either else enough "
    "even ever every few first five following for former found four from full further gave get gets getting give "
    "given gives go goes going gone got had has hasn't have haven't having he he's her here here's hers herself him "
    "himself his how however i i'm i've if in including instead into is isn't it it's its itself just keep last "
    "late later least left less let like likely made make makes making many may me mean meanwhile might more most "
    "much must my near nearly never new next no nor not nothing now of off often on once one only onto or other "
    "others our out over own part per perhaps put quite rather re really recent said same saw say saying says "
    "second see seen set several shall she she's should show shows since six so some someone something soon still "
    "such take taken takes taking ten than that that's the their them themselves then there there's these they "
    "they're thing things third this those though three through thus time to today together told tomorrow too took "
    "toward towards two under until up upon us use used using very via want wants was wasn't way we we're week well "
    "went were weren't what what's when where whether which while who who's whom whose why will with within without "
    "won't would wouldn't year years yes yesterday yet you you're your monday tuesday wednesday thursday friday "
    "saturday sunday january february march april may june july august september october november december ".split()
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--file", type=Path, default=FILE)
    given = parser.parse_args()
    found, articles = Counter[str](), 0
    for file in sorted(given.corpora.glob("wire/**/*.ndjson")):
        for line in file.open(encoding="utf-8"):
            told = json.loads(line)
            text = _MARKUP.sub(" ", html.unescape(f"{told['title']} {told['description'] or ''}"))
            found.update(set(_WORDS.findall(text.lower().replace("’", "'"))))
            articles += 1
    lines: dict[int, list[str]] = defaultdict(list)
    lines[0] = list(STOP_WORDS)
    for word, count in found.items():
        if count >= LEAST and word not in STOP_WORDS and not word[0].isdigit() and len(word) <= 30:
            lines[max(1, round(10 * math.log(articles / count)))].append(word)
    text = "".join(f"{tenths} {' '.join(sorted(words))}\n" for tenths, words in sorted(lines.items()))
    given.file.write_text(f"# Made by training.phrases; see background.py.\n{text}", encoding="utf-8")
    print(f"{sum(map(len, lines.values()))} words of {articles} articles in {given.file}")


if __name__ == "__main__":
    main()
