"""What an operator can set about ingest."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, HttpUrl, field_validator
from pydantic_settings import NoDecode

from services.wire.settings import WireSettings


class IngestSettings(WireSettings):
    """Read from `DATELINE_*` environment variables, once, at the start."""

    opml: Path | None = Field(default=None, description="OPML file whose feeds are added at the start.")
    allow_hosts: Annotated[frozenset[str], NoDecode] = Field(
        default=frozenset(),
        description="Hosts (names or addresses, split by commas) that feeds may be read from although they are private"
        " or loopback; they are read as often and as many at a time as this replica can.",
    )
    poll_interval_s: float = Field(
        default=900.0,
        gt=0,
        description="Seconds between two polls of a feed that nothing is known about; others follow their rhythm.",
    )
    poll_min_s: float = Field(
        default=120.0,
        gt=0,
        description="The shortest time between two polls of a feed, in seconds, unless the interval is shorter still.",
    )
    poll_max_s: float = Field(
        default=86_400.0, gt=0, description="The longest that a feed waits for its next poll, in seconds."
    )
    host_concurrency: int = Field(
        default=2, gt=0, description="Readings from one site at the same time, by all replicas."
    )
    host_spacing_s: float = Field(
        default=1.0, ge=0, description="Seconds between the starts of two readings from one site, by all replicas."
    )
    fetch_timeout_s: float = Field(
        default=30.0, gt=0, description="Seconds after which reading a feed is given up, redirects included."
    )
    max_body_bytes: int = Field(
        default=10_000_000, gt=0, description="The largest feed that is read, in bytes after decompression."
    )
    concurrency: int = Field(default=32, gt=0, le=1_000, description="Feeds that are polled at the same time.")
    lease_s: float = Field(
        default=6.0, gt=0, description="Seconds after which the feeds of a killed replica are taken over by another."
    )
    public_url: HttpUrl | None = Field(
        default=None,
        description="Where the internet reaches the API, e.g. `https://wire.example.org`. With it, the hubs"
        " (WebSub) that feeds name are asked to deliver what is new.",
    )
    user_agent: str = Field(
        default="Dateline/0.1 (news wire; polls feeds)", min_length=1, description="How feeds' servers see us."
    )

    @field_validator("allow_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return frozenset(host.strip().strip("[]").lower() for host in value.split(",") if host.strip())
        return value

    @field_validator("opml", "public_url", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return value or None

    @field_validator("public_url")
    @classmethod
    def _has_no_more_than_a_path(cls, value: HttpUrl | None) -> HttpUrl | None:
        if value is not None and (value.query or value.fragment or value.username):
            raise ValueError("it must be no more than scheme, host, port and path")
        return value

    @field_validator("opml")
    @classmethod
    def _is_a_file(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_file():
            raise ValueError("there is no such file; give the path of an OPML file, or leave it unset")
        return value
