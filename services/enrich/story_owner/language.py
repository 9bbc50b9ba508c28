"""The stories of one language: what becomes of each entry of the streams. No I/O; what is to be written is returned."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from services.contracts.enrichments import ArticleEnriched
from services.contracts.registry import StoryCommand
from services.contracts.stories import Story, StoryChanged
from services.contracts.streams import StreamNames
from services.contracts.tracing import next_span
from services.enrich.stories.arrival import Arrival, arrival_of
from services.enrich.stories.engine import UNKNOWN, Stories
from services.enrich.story_owner.edits import Edit, carry_out, why_not
from services.enrich.story_owner.entries import Entry
from services.enrich.story_owner.keys import GROUP
from services.enrich.story_owner.reached import Reached
from services.wire.entry_ids import EntryId, written
from services.wire.messages import Delivery
from services.wire.moments import moment_of
from services.wire.quarantine import quarantined

SOURCE = "/enrich"
_HOUR = 3_600_000
_SLACK = _HOUR // 6
"""By which clocks may differ, and that an article may take to be enriched."""


class Output(NamedTuple):
    """An event for the stream of enrichments, the journal's copy of a command, or a record for quarantine."""

    kind: Literal["story", "edit", "quarantined"]
    name: str
    payload: bytes


class Language:
    """Fed with all entries of the stream in their order, whatever their language, from where its engine stands.

    Up to `committed` it stands on the stream already what the engine says, so that nothing is returned: the engine is
    only brought to where it was. `edits` are the commands that were carried out, also before the engine was saved;
    each later one is done again after the entry that it came after. From `began` on, in ms, the first revisions of
    all articles have been read.
    """

    def __init__(
        self,
        name: str,
        engine: Stories,
        saved: Reached,
        committed: Reached,
        *,
        began: int,
        edits: Iterable[Edit] = (),
    ) -> None:
        self.name, self.engine = name, engine
        self.saved, self.at, self.committed = saved, Reached(saved.position, committed.cursor), committed
        self.changed = False
        """Whether the engine is not as it was saved."""
        self.fed = 0
        """Articles since it was saved."""
        self.unlike = 0
        """Events on the stream that the engine did not say, or said otherwise, when they were read again."""
        self._began = began
        self._edits = sorted(edit for edit in edits if edit.entry > saved.cursor)
        self._said: dict[str, Story] = {}
        self._since = engine.state.sequence

    def feed(self, entries: Sequence[Entry], streams: StreamNames) -> list[Output]:
        """Take the entries that it has not taken yet."""
        outputs = []
        for entry in entries:
            if entry.id <= self.at.position:
                continue
            self._do_again(entry.id)
            said = self._take(entry, streams)
            if entry.id > self.committed.position:
                outputs += said
            self.at = self.at._replace(position=entry.id)
        return outputs

    def come_to(self, position: EntryId) -> None:
        """Nothing more stands on the stream, or nothing for this language, up to there."""
        self.at = self.at._replace(position=max(position, self.at.position))

    def obey(self, commands: Sequence[Entry], streams: StreamNames) -> list[Output]:
        """Carry out those of the commands that are of this language and were not dealt with. Each that cannot be goes
        to quarantine. Nothing may be missing of the stream of enrichments."""
        self.come_to(self.committed.position)
        self._do_again(None)
        outputs: list[Output] = []
        for entry in commands:
            if entry.id > self.at.cursor:
                if isinstance(entry.told, StoryCommand) and entry.language == self.name:
                    outputs += self._obey(entry, entry.told, streams)
                self.at = self.at._replace(cursor=entry.id)
        return outputs

    def _take(self, entry: Entry, streams: StreamNames) -> list[Output]:
        told, engine = entry.told, self.engine
        at = entry.id[0]
        if isinstance(told, StoryChanged) and told.data.language == self.name:
            self._compare(told.id, told.data)
        elif isinstance(told, ArticleEnriched) and entry.language == self.name:
            self.changed, self.fed = True, self.fed + 1
            arrival = arrival_of(told.data, at)
            try:
                changes = engine.pass_time(at)
                if not self._has_its_place(arrival, told.data.again):
                    changes += engine.take(arrival)
            except (ArithmeticError, LookupError, TypeError, ValueError) as error:
                # a fault of ours in one article must not end the stories of all; it comes again in every replay
                return [_set_aside(entry, streams.enrichments, f"its story cannot be found: {error!r}")]
            return self._told(changes, at, told.traceparent)
        elif isinstance(told, ArticleEnriched) and engine.active and at // _HOUR > engine.state.clock // _HOUR:
            self.changed = True
            return self._told(engine.pass_time(at // _HOUR * _HOUR), at, told.traceparent)
        elif isinstance(told, str) and self.name == UNKNOWN:
            return [_set_aside(entry, streams.enrichments, told)]
        return []

    def _has_its_place(self, arrival: Arrival, again: bool) -> bool:
        """Whether an article that the engine does not know has been in a story: of another language, where this is no
        first revision, or of one that is forgotten, where it was enriched again. It stays there. What is enriched
        `again` stood on this stream before, so that an owner has read it."""
        if arrival.article.bytes in self.engine.state.places:
            return False
        if again or arrival.first_seen <= self._began + _SLACK:
            return again
        return arrival.revision > 1 or arrival.at - arrival.first_seen > self.engine.setting.forgotten_after

    def _obey(self, entry: Entry, command: StoryCommand, streams: StreamNames) -> list[Output]:
        if reason := why_not(command, self.engine):
            return [_set_aside(entry, streams.commands, reason)]
        edit = Edit(self.at.position, entry.id, command)
        changes = self._carry_out(edit)
        kept = Output("edit", f"{self.name} {written(edit.entry)}", in_journal(edit))
        return [*self._told(changes, self.at.position[0], command.traceparent), kept]

    def _do_again(self, until: EntryId | None) -> None:
        """What editors said before the entry `until`; where the stream does not reach back so far, first of all."""
        while self._edits and (until is None or self._edits[0].after < until):
            edit = self._edits.pop(0)
            self._told(self._carry_out(edit), edit.after[0], None)

    def _carry_out(self, edit: Edit) -> list[Story]:
        self.changed = True
        return carry_out(edit.command, self.engine, edit.after[0])

    def _told(self, changes: Sequence[Story], at: int, traceparent: str | None) -> list[Output]:
        events = [event_of(change, at, traceparent) for change in changes]
        self._said |= {event.id: event.data for event in events}
        return [Output("story", event.id, event.to_wire()) for event in events]

    def _compare(self, event: str, story: Story) -> None:
        said = self._said.pop(event, None)
        if story.sequence > self._since and said != story:
            self.unlike += 1


def event_of(story: Story, at: int, traceparent: str | None) -> StoryChanged:
    """The same change always gives the same event. `at` is the moment of what caused it, in ms."""
    return StoryChanged(
        id=f"{story.id}/{story.sequence}",
        source=SOURCE,
        subject=str(story.id),
        time=moment_of(at),
        traceparent=next_span(traceparent),
        data=story,
    )


def in_journal(edit: Edit) -> bytes:
    return f"{written(edit.after)} ".encode() + edit.command.to_wire()


def _set_aside(entry: Entry, stream: str, why: str) -> Output:
    now: datetime = moment_of(entry.id[0])
    return Output("quarantined", "", quarantined(Delivery(stream, written(entry.id), entry.payload), GROUP, why, now))


def unheard(commands: Sequence[Entry], known: set[str], after: EntryId, streams: StreamNames) -> list[Output]:
    """Commands that no owner will ever carry out, since there are no stories in their language."""
    return [
        _set_aside(entry, streams.commands, f"there are no stories in the language {entry.language!r}")
        for entry in commands
        if entry.id > after and isinstance(entry.told, StoryCommand) and entry.language not in known
    ]
