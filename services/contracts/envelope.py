"""The CloudEvents 1.0 envelope (https://cloudevents.io, structured JSON mode)."""

from typing import Generic, Literal, TypeVar

from pydantic import Field

from services.contracts.base import Contract, Instant

Data = TypeVar("Data", bound=Contract, covariant=True)


class Event(Contract, Generic[Data]):
    """One fact, or one command, with its data.

    `id` is derived from the data, so the same fact always has the same id and a subscriber that
    remembers ids is idempotent. `source` is a URI reference of who says so (`/ingest`, `/enrich`).
    """

    specversion: Literal["1.0"] = "1.0"
    id: str = Field(min_length=1)
    source: str = Field(min_length=1)
    type: str = Field(min_length=1)
    subject: str | None = None
    time: Instant
    datacontenttype: Literal["application/json"] = "application/json"
    traceparent: str | None = Field(
        default=None,
        pattern=r"^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$",
        description="W3C Trace Context, so that one article can be followed through all services.",
    )
    data: Data

    def to_wire(self) -> bytes:
        """UTF-8 JSON, as it stands in a stream entry."""
        return self.model_dump_json(exclude_none=True).encode()
