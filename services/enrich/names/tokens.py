"""Text as words and signs with their positions, cut into sentences."""

import re
from dataclasses import dataclass
from itertools import accumulate

_ABBREVIATIONS = (
    "Mr Mrs Ms Dr St Ste Mt Ft Prof Gen Sen Rep Gov Pres Lt Col Sgt Capt Cmdr Adm Rev Hon Jr Sr Inc Corp Co Ltd Bros "
    "No vs Calif Fla Mass Conn Pa Va Tex Ariz Colo Wash Mich Tenn Jan Feb Aug Sept Oct Nov Dec"
).split()
_MARKS = "\u0300-\u036f"
_TOKEN = re.compile(
    rf"([a-z]++(?![\w{_MARKS}'’.])"  # most words, told at once
    rf"|(?:[^\W\d_]\.){{2,}}"  # U.S.
    rf"|(?=[A-Zv])(?:{'|'.join(_ABBREVIATIONS)})\.(?=[\s,;:)])"
    rf"|[A-Z]\.(?=\s?[A-Z])"  # J. K.
    rf"|\d+(?:[.,:]\d+)+"
    rf"|[^\W_][\w{_MARKS}]*(?:['’](?![sS]\b)[^\W\d_][\w{_MARKS}]*)*"  # O'Brien
    rf"|['’][sS]\b"
    rf"|[^\w\s]|_|\n\n+)"
)

END = ""
"""Stands in `words` after each sentence."""

_ENDS = frozenset(".!?。！？")


@dataclass(frozen=True, slots=True)
class Tokens:
    """`words[i]` is `text[starts[i]:starts[i] + len(words[i])]`; `END` follows each sentence, the last one too."""

    words: list[str]
    starts: list[int]


def tokens_of(text: str) -> Tokens:
    """The words and signs of a text; a sentence ends before a blank line, and after `.`, `!` or `?` with a space."""
    # What is between words, a word, what is between, and so on: a word starts where all before it ends.
    parts = _TOKEN.split(text)
    found = parts[1::2]
    places = list(accumulate(map(len, parts)))[::2]
    words: list[str] = []
    starts: list[int] = []
    done = 0
    blank = "\n\n" in text
    for at in [at for at, word in enumerate(found) if word in _ENDS or (blank and word[0] == "\n")]:
        word, end = found[at], places[at] + 1
        if word not in _ENDS:
            words += found[done:at]
            starts += places[done : at + 1]
        elif text[end : end + 1].isspace() or text[end : end + 2] in _CLOSED:
            words += found[done : at + 1]
            starts += places[done : at + 1]
            starts.append(end)
        else:
            continue
        words.append(END)
        done = at + 1
    words += found[done:]
    words.append(END)
    return Tokens(words, starts + places[done:])


_CLOSED = frozenset(quote + space for quote in "\"'”’)" for space in " \n")
