"""The page's own style, script and icon, served from memory under names that change with their content."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).parent / "static"
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One static file; `path` holds a hash of `content`, so a browser may keep it for ever."""

    path: str
    content: bytes
    gzipped: bytes
    media_type: str


def load_assets(folder: Path = _FOLDER) -> Mapping[str, Asset]:
    """Every static file, by its plain name, e.g. `dateline.css`."""
    return {file.name: _load(file) for file in sorted(folder.iterdir()) if file.suffix in _TYPES}


def _load(file: Path) -> Asset:
    content = file.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:12]
    path = f"/static/{file.stem}.{digest}{file.suffix}"
    return Asset(path, content, gzip.compress(content, mtime=0), _TYPES[file.suffix])
