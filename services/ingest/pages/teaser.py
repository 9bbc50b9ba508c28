"""What a feed's text is worth beside the article's page. Pure decisions, each with its reason."""

import re
from dataclasses import dataclass
from typing import Literal

from services.contracts.articles import Article, PageMetadata
from services.contracts.strings import one_line

_WHOLE = 1_200
"""A feed's text of this many letters that breaks off nowhere is the article itself."""
_ALIKE = 0.4
"""The share of the teaser's words that its article's text must have."""

_IDEOGRAPHS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WORD = re.compile(r"[^\W\d_]{4,}")
_FOOTER = re.compile(r"\n\n(?:The post|Der Beitrag|L['’]article|La entrada|Il post) .{1,400}\Z", re.DOTALL)
_BREAKS_OFF = re.compile(
    r"(?:…|\.\.\.|\[\s*(?:…|\.\.\.|&hellip;)\s*\])[\s»›→\])]*\Z|"
    r"(?:^|\n|[.!?…\])]\s+)[\[(]?(?:read more|read the full (?:story|article)|continue reading.{0,200}|keep reading|"
    r"full story|more|weiterlesen|mehr lesen|lire la suite|en savoir plus|leer más|seguir leyendo|leia mais|"
    r"continua a leggere|leggi tutto|lees meer|läs mer|les mer|læs mere|читать далее|czytaj dalej)"
    r"\s*[.…»›→>\])]*\Z",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Wish:
    """Whether an article's page is to be read, and why."""

    wanted: bool
    reason: str


def page_wish(article: Article) -> Wish:
    """A page is wanted of an article that has an address and only a teaser."""
    if not article.url:
        return Wish(False, "it has no address")
    if not article.text:
        return Wish(True, "its feed gives no text")
    text = _FOOTER.sub("", article.text.strip())
    if _BREAKS_OFF.search(text[-300:]):
        return Wish(True, "its feed's text breaks off")
    if _letters(text) < _WHOLE:
        return Wish(True, "its feed's text is short")
    return Wish(False, "its feed gives the whole text")


@dataclass(frozen=True, slots=True)
class Gain:
    """What an article has of its page, and why."""

    gives: Literal["text", "metadata", "nothing"]
    reason: str


def page_gain(article: Article, text: str | None, page: PageMetadata, *, archive: bool = True) -> Gain:
    """The page's text counts where it is longer than what the feed gave, and of the same article: a page that asks for
    consent or a login, or the front page that a dead link leads to, is not. Its metadata alone counts where the feed
    has no date. `archive` is False where the page asks not to be archived.
    """
    gain = _text_gain(article, text) if archive else Gain("nothing", "the page asks not to be archived")
    dated = article.published or article.updated
    if gain.gives == "nothing" and not dated and (page.published or page.updated):
        return Gain("metadata", f"{gain.reason}; its date is used")
    return gain


def _text_gain(article: Article, text: str | None) -> Gain:
    if not text:
        return Gain("nothing", "no article was found on the page")
    if _letters(text) <= _letters(article.text or article.summary or ""):
        return Gain("nothing", "the page has no more text than the feed")
    if _shared(" ".join((article.title, article.summary or article.text or "")), text) < _ALIKE:
        return Gain("nothing", "the page seems to be about something else")
    return Gain("text", "the page has more text than the feed")


def _letters(text: str) -> int:
    """Characters, an ideograph for three."""
    return len(one_line(text)) + 2 * len(_IDEOGRAPHS.findall(text))


def _shared(teaser: str, text: str) -> float:
    """The share of the teaser's words, or pairs of ideographs, that stand in the text; 1 where it has none."""
    wanted = _words(teaser)
    return len(wanted & _words(text)) / len(wanted) if wanted else 1.0


def _words(text: str) -> set[str]:
    found: set[str] = set()
    for word in _WORD.findall(text.lower()) + _IDEOGRAPHS.findall(text):
        found.add(word)
    return found
