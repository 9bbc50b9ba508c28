"""What publishers' names of their sections say, in categories and in URLs."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from services.enrich.slugs import slug_of
from services.enrich.topics.media_topics import MEDIA_TOPICS

SECTIONS_FILE = Path(__file__).with_name("sections.toml")

_PARTS = re.compile(r"\s*(?:/|>|»|\||,|;|&| and | und | et | y | e )\s*")
_ADDRESS = re.compile(r"https?://(?:www\.)?([^/?#]*)/?([^?#]*)", re.IGNORECASE)
_NUMBERED = re.compile(r"([a-z-]+?)-\d{5,}")
_LONGEST = 80
_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Sections:
    """The codes of Media Topics by slugs of section names, with and without accents; `in_urls` lacks the doubtful."""

    names: Mapping[str, str]
    in_urls: Mapping[str, str]
    _known: dict[str, Sequence[str]] = field(default_factory=dict, compare=False)

    def of_category(self, category: str) -> Sequence[str]:
        """What a category says: as a whole, else by its parts (`News > Sport`)."""
        if (known := self._known.get(category)) is not None:
            return known
        codes = self._codes(category) if len(category) <= _LONGEST else ()
        if len(self._known) < _REMEMBERED:
            self._known[category] = codes
        return codes

    def _codes(self, category: str) -> Sequence[str]:
        whole = self.names.get(slug_of(category))
        parts = [whole] if whole else [self.names.get(slug_of(part)) for part in _PARTS.split(category)]
        return tuple(dict.fromkeys(code for code in parts if code))

    def of_url(self, url: str) -> str | None:
        """What the last telling part of the path says, without the article's own; else the first label of the host.

        The last part of the path counts where it is a section and a number, such as `business-62223978`.
        """
        found = _ADDRESS.match(url)
        if not found:
            return None
        host, path = found[1].lower(), found[2]
        *folders, last = (path if "%" not in path else unquote(path)).lower().strip("/").split("/")
        if numbered := _NUMBERED.fullmatch(last):
            folders.append(numbered[1])
        for folder in reversed(folders):
            if not folder.isdigit() and (code := self.in_urls.get(folder) or self._odd(folder)):
                return code
        return self.in_urls.get(host.partition(".")[0])

    def _odd(self, folder: str) -> str | None:
        """What stands there in another form than as a slug: `real_estate`, `life&style`."""
        is_slug = folder.isascii() and folder.replace("-", "").isalnum() and "--" not in folder
        return None if is_slug else self.in_urls.get(slug_of(folder))


def load_sections(path: Path = SECTIONS_FILE) -> Sections:
    """The table that comes with Dateline. Raises `ValueError` for a name that stands twice or an unknown code."""
    names: dict[str, str] = {}
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    for code, called in document["names"].items():
        if code not in MEDIA_TOPICS:
            raise ValueError(f"{path.name}: {code} is no Media Topic that Dateline gives")
        for name in called:
            for slug in {slug_of(name), _plain(slug_of(name))}:
                if names.setdefault(slug, code) != code:
                    raise ValueError(f"{path.name}: {name!r} stands under {names[slug]} and {code}")
    return Sections(names, {slug: code for slug, code in names.items() if slug not in document["not_in_urls"]})


def _plain(slug: str) -> str:
    """Without accents, as in URLs; only of Latin letters, where they are no letters of their own."""
    decomposed = unicodedata.normalize("NFD", slug)
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return plain if plain.isascii() else slug
