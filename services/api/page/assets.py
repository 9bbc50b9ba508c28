"""The page's own style, script and icon, served from memory under names that change with their content.

Style and script are written in several files, one for each part of the page, and served as one each: two requests,
kept for ever, and the style is there before anything is drawn.
"""

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).parent / "static"
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
STYLE = "paper masthead wire story rail article search forms feeds foot screens".split()
"""In the order in which rules of the same weight go before each other: the later one counts."""
SCRIPT = "ages words list entry order arrivals growth live keys start".split()
"""What a part imports stands before it."""
_IMPORT = re.compile(rb"^import .* from .*;\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served; `path` holds a hash of `content`, so a browser may keep it for ever."""

    path: str
    content: bytes
    gzipped: bytes
    media_type: str


def load_assets(folder: Path = _FOLDER) -> Mapping[str, Asset]:
    """All that is served, by its plain name, e.g. `dateline.css`."""
    style = b"\n".join((folder / "style" / f"{part}.css").read_bytes() for part in STYLE)
    return {
        "dateline.css": _asset("dateline.css", style),
        "dateline.js": _asset("dateline.js", _one_module([folder / "script" / f"{part}.js" for part in SCRIPT])),
        "icon.svg": _asset("icon.svg", (folder / "icon.svg").read_bytes()),
    }


def _one_module(parts: list[Path]) -> bytes:
    """Modules that import from each other as one: they share their names, so nothing is left to import."""
    return b"\n".join(_IMPORT.sub(b"", part.read_bytes()) for part in parts)


def _asset(name: str, content: bytes) -> Asset:
    digest, file = hashlib.sha256(content).hexdigest()[:12], Path(name)
    path = f"/static/{file.stem}.{digest}{file.suffix}"
    return Asset(path, content, gzip.compress(content, mtime=0), _TYPES[file.suffix])
