"""The script: which publishers there are, and what each prints at which distance from the epoch."""

import re
import tomllib
from datetime import timedelta
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

_OFFSET = re.compile(r"([+-])((?:\d+[dhms])+)")
_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}


def offset(text: str) -> timedelta:
    """`-1d2h` and `+40s` as a distance from the epoch. Raises ValueError on anything else."""
    found = _OFFSET.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no offset; write -2d, -1h30m or +40s")
    seconds = sum(int(number) * _UNITS[unit] for number, unit in re.findall(r"(\d+)([dhms])", found[2]))
    return timedelta(seconds=-seconds if found[1] == "-" else seconds)


Offset = Annotated[timedelta, BeforeValidator(lambda value: offset(value) if isinstance(value, str) else value)]


class _Scripted(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Correction(_Scripted):
    """What changes in an article at a later moment. `opening` takes the place of its first paragraph."""

    at: Offset
    title: str | None = None
    summary: str | None = None
    opening: str | None = None
    added: str | None = Field(default=None, description="A paragraph put at the end.")


class ScriptedArticle(_Scripted):
    slug: str = Field(pattern=r"^[a-z0-9-]+$")
    at: Offset
    title: str
    author: str
    summary: str
    body: str
    categories: tuple[str, ...] = ()
    language: str | None = None
    corrections: tuple[Correction, ...] = ()


class ScriptedFeed(_Scripted):
    """`only` limits a feed to the articles of one category."""

    path: str
    format: Literal["rss2", "rss1", "atom", "json"]
    title: str
    only: str | None = None


class Publisher(_Scripted):
    """One invented paper. `utc_offset` is where its clocks stand, in hours."""

    slug: str = Field(pattern=r"^[a-z0-9-]+$")
    name: str
    about: str
    language: str
    utc_offset: int = Field(ge=-12, le=14)
    feeds: tuple[ScriptedFeed, ...] = Field(min_length=1)
    articles: tuple[ScriptedArticle, ...] = Field(min_length=1)


def load_script() -> tuple[Publisher, ...]:
    """All publishers, in the order of their files' names."""
    folder = files("services.cli.sample") / "publishers"
    return tuple(
        Publisher.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".toml")
    )
