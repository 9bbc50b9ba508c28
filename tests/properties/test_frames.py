"""Whatever a document says, its frame in the live stream holds it: readers get the same events back."""

import json

from hypothesis import given
from hypothesis import strategies as st

from services.api.live.formats import JSON_LINES, SERVER_SENT_EVENTS
from services.api.live.line import chunked
from services.api.readmodel.documents import AlsoIn, Json, OtherSource
from services.api.readmodel.position import EntryId, Position
from tests.api.events import article_id
from tests.properties.texts import anything

_entries = st.builds(EntryId, st.integers(0, 10**15 - 1), st.integers(0, 10**15 - 1))
_positions = st.builds(Position, _entries, _entries, _entries)
_documents = st.lists(st.builds(
    lambda text, url: AlsoIn(
        articles=1, count=1,
        sources=(OtherSource(id=text or "x", name=text, article=article_id(1), title=text, url=url),),
    ),
    anything, anything | st.none(),
), max_size=4)  # fmt: skip


@given(_documents, _positions)
def test_events_are_read_as_they_were_written(documents: list[AlsoIn], position: Position) -> None:
    texts = [Json(document.model_dump_json()) for document in documents]
    expected = [(str(position), "article", document.model_dump(mode="json")) for document in documents]

    written = SERVER_SENT_EVENTS
    stream = written.greeting(position) + written.still_here(position)
    stream += b"".join(written.told(position, "article", text) for text in texts)
    assert _dispatched(stream.decode()) == expected

    lines = b"".join(JSON_LINES.told(position, "article", text) for text in texts) + JSON_LINES.still_here(position)
    *told, last = [json.loads(line) for line in lines.split(b"\n")[:-1]]
    assert [(event["id"], event["event"], event["data"]) for event in told] == expected
    assert last == {"id": str(position), "event": "position", "data": None}


def _dispatched(stream: str) -> list[tuple[str, str, object]]:
    """As a browser reads it: https://html.spec.whatwg.org/multipage/server-sent-events.html, 9.2.6."""
    events = []
    last, kind, data = "", "", list[str]()
    for line in stream.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if not line:
            if data:
                events.append((last, kind, json.loads("\n".join(data))))
            kind, data = "", []
            continue
        name, _colon, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            data.append(value)
        elif name == "event":
            kind = value
        elif name == "id" and "\0" not in value:
            last = value
    return events


@given(st.binary(min_size=1, max_size=200))
def test_a_chunk_of_the_body_says_its_size(chunk: bytes) -> None:
    size, _line, rest = chunked(chunk).partition(b"\r\n")
    assert rest == chunk + b"\r\n"
    assert int(size, 16) == len(chunk)
