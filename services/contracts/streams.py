"""The names of the streams, built in one place, so that a deployment can prefix them."""

from pydantic import Field

from services.contracts.base import Contract

PAYLOAD = "__data__"
"""The one field of a stream entry. It is FastStream's own, so that a FastStream subscriber needs no setting."""


class StreamNames(Contract):
    """A prefix in braces, such as `{dateline}`, keeps all keys in one slot of a Redis Cluster."""

    prefix: str = Field(default="dateline", pattern=r"^[A-Za-z0-9_.{}-]+$")

    @property
    def articles(self) -> str:
        return f"{self.prefix}:articles"

    @property
    def enrichments(self) -> str:
        return f"{self.prefix}:enrichments"

    @property
    def feeds(self) -> str:
        return f"{self.prefix}:feeds"

    @property
    def commands(self) -> str:
        return f"{self.prefix}:commands"

    @property
    def quarantine(self) -> str:
        return f"{self.prefix}:quarantine"
