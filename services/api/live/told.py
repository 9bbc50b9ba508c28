"""What the live stream tells: each event with the model of its data."""

from typing import Literal, TypedDict

from pydantic import BaseModel, Field

from services.api.live.gap import GapDocument
from services.api.readmodel.documents import Document, FeedState, Headline
from services.api.readmodel.stories_documents import StoryTold


class GoodbyeDocument(Document):
    """The data of a `bye` event: why the server ends the stream."""

    reason: Literal["closing", "too_slow", "failed"]
    detail: str = Field(description="What to do.")


class Told(TypedDict):
    """`data` is None where an event has no data; `about` is for people."""

    data: type[BaseModel] | None
    about: str


TOLD: dict[str, Told] = {
    "article": {"data": Headline, "about": "An article can be read for the first time."},
    "revision": {"data": Headline, "about": "An article's title, summary or body changed."},
    "enrichment": {"data": Headline, "about": "An article's times, tags, names and so on came or changed."},
    "listing": {"data": Headline, "about": "An article was found in one more feed."},
    "story": {"data": StoryTold, "about": "A story opened, grew, was merged, split off or renamed, or became quiet."},
    "feed": {"data": FeedState, "about": "A feed was added, moved, fails, recovered or was removed."},
    "gap": {"data": GapDocument, "about": "What was between can no longer be told, but its outcome can be read."},
    "bye": {"data": GoodbyeDocument, "about": "The server ends the stream."},
    "position": {"data": None, "about": "Where the reader is, at the beginning and after silence; in lines only."},
}
"""By the name that an event has in the stream."""
