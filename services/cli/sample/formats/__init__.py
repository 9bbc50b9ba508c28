"""The feed formats, one file each: an edition to bytes."""

from collections.abc import Callable
from dataclasses import dataclass

from services.cli.sample.addresses import Addresses
from services.cli.sample.editions import Edition
from services.cli.sample.formats.atom import atom
from services.cli.sample.formats.jsonfeed import jsonfeed
from services.cli.sample.formats.rss1 import rss1
from services.cli.sample.formats.rss2 import rss2


@dataclass(frozen=True, slots=True)
class Format:
    media_type: str
    write: Callable[[Edition, Addresses], str]


FORMATS = {
    "rss2": Format("application/rss+xml; charset=utf-8", rss2),
    "rss1": Format("application/rdf+xml; charset=utf-8", rss1),
    "atom": Format("application/atom+xml; charset=utf-8", atom),
    "json": Format("application/feed+json; charset=utf-8", jsonfeed),
}
