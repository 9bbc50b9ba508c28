"""The keys of Redis in which owners of stories keep what they need; nobody else reads or writes them."""

from dataclasses import dataclass

from services.contracts.streams import StreamNames

GROUP = "stories"
"""Holds back the trimming of streams. Nothing is delivered to it."""


@dataclass(frozen=True, slots=True)
class Keys:
    """All begin with the prefix of the streams, so that in a Redis Cluster they lie beside them."""

    streams: StreamNames

    @property
    def owners(self) -> str:
        """Hash: a language's owner as `token end`, the end in ms of the clock of Redis."""
        return self._key("owners")

    @property
    def reached(self) -> str:
        """Hash: how far each language has come. A language that is not here is not known."""
        return self._key("reached")

    @property
    def saved(self) -> str:
        """Hash: how far a language had come when it was saved, and the bytes of that, as `position cursor length`."""
        return self._key("saved")

    @property
    def edits(self) -> str:
        """Hash: what editors said, as `language id-of-the-command`, for ever."""
        return self._key("edits")

    @property
    def began(self) -> str:
        """The moment, in ms, from which on every article has been read by an owner."""
        return self._key("began")

    def snapshot(self, language: str) -> str:
        return self._key(f"snapshot:{language}")

    def _key(self, name: str) -> str:
        return f"{self.streams.prefix}:stories:{name}"
