"""What is said of an exception where others read it: its type, its message, and where in our own code it was raised."""

import re
import traceback
from pathlib import Path

from pydantic import BaseModel

_OURS = Path(__file__).parents[1]
_LONGEST = 500
_MOST_FRAMES = 20
_SECRETS = (
    (re.compile(r"//[^/@\s]+@"), "//…@"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[^\s,;'\"]+"), r"\1 …"),
    (re.compile(r"(?i)\b(password|passwd|secret|token|api_?key|key)(['\"]?\s*[=:]\s*['\"]?)[^\s,;&'\"]+"), r"\1\2…"),
    (re.compile(r"\bdl_[A-Za-z0-9_-]{8,}"), "dl_…"),
)


class Failure(BaseModel, frozen=True):
    """`at` has the frames of our own code as `services/api/reading.py:42`, the innermost last."""

    type: str
    message: str
    at: tuple[str, ...] = ()


def failure_of(error: BaseException) -> Failure:
    """No source lines and no values of variables; passwords and keys that are recognised are left out."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [(Path(frame.filename), frame.lineno) for frame in frames if _OURS in Path(frame.filename).parents]
    at = tuple(f"{path.relative_to(_OURS.parent).as_posix()}:{line}" for path, line in ours[-_MOST_FRAMES:])
    return Failure(type=type(error).__name__, message=without_secrets(str(error)), at=at)


def without_secrets(text: str) -> str:
    """At most 500 characters of the text, fit for UTF-8, without what looks like a password or a key."""
    for pattern, shown in _SECRETS:
        text = pattern.sub(shown, text)
    short = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return short.encode("utf-8", "backslashreplace").decode()
