"""What two addresses of one article have in common, so that they give it one id.

The key is for comparing and never shown: the address that is shown stays one that was linked to. It has the form of a
URL, and for most articles it is their URL.

A spelling may be left out only where no site has two different articles that differ in nothing else:
- http and https on their usual ports, `www.`, a slash at the end, `index.html`, the order of parameters: always.
- The marks of AMP and mobile copies: only where what is left spells out a headline. `/glossary/amp` and `/glossary` are
  two pages, and so may be `m.e.example/123` and `e.example/123`; two called `/storm-closes-the-harbour` are not.
"""

import re
from functools import lru_cache
from urllib.parse import urlsplit

from services.contracts.canonical import canonical_url

_COPY_HOST = re.compile(r"(?:m|mobile|touch|amp)\.(?=[^.]+\.)")
_COPY_PATH = re.compile(r"^/amp(?=/)|/amp/*$|\.amp(?=\.html?$|$)")
_COPY_PARAMETER = re.compile(r"amp(?:=(?:1|true)?)?|output(?:type)?=amp|amp_(?:js_v|gsa|markup)=.*", re.IGNORECASE)
_INDEX = re.compile(r"/index\.html?$|/+$")
_WORDS, _LETTERS = 3, 15


@lru_cache(maxsize=2_048)  # one document asks for the same address again and again
def address_key(url: str | None) -> str | None:
    """Equal for two addresses of one article; its own key. None for what is no http or https URL of a host."""
    url = canonical_url(url)
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.port:  # a server of its own, of which nothing usual can be assumed
        return url
    host, path = parts.netloc, _cut(_INDEX, parts.path)
    bare = _cut(_INDEX, _cut(_COPY_PATH, path))
    if spells_a_headline(bare):
        host, path = _cut(_COPY_HOST, _without_www(host)), bare
    pairs = [pair for pair in parts.query.split("&") if not _COPY_PARAMETER.fullmatch(pair)]
    query = "&".join(sorted(pairs, key=_name))
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return f"https://{_without_www(host)}{path or '/'}{f'?{query}' if query else ''}{fragment}"


def _cut(mark: re.Pattern[str], text: str) -> str:
    """Without the mark, however often it was set."""
    while (shorter := mark.sub("", text, count=1)) != text:
        text = shorter
    return text


def _without_www(host: str) -> str:
    bare = host.removeprefix("www.")
    return bare if "." in bare else host


def spells_a_headline(path: str) -> bool:
    """Whether the last part of the path has at least three words, as in `/2026/03/storm-closes-the-harbour.html`."""
    name = re.sub(r"\.\w{2,5}$", "", path.rpartition("/")[2])
    return len(name) > _LETTERS and len([word for word in re.split(r"[-_]+", name) if word]) >= _WORDS


def _name(pair: str) -> str:
    return pair.partition("=")[0]
