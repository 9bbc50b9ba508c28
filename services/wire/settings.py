"""Settings that every service shares."""

import socket
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from services.contracts.streams import StreamNames
from services.wire.broker_url import BrokerUrl, check_prefix
from services.wire.keeping import Keeping


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """When an unsettled entry is delivered again (s since its last delivery), and how often at most."""

    after_s: float = 15.0
    max_deliveries: int = 5


class WireSettings(BaseSettings):
    """Read from `DATELINE_*` environment variables by each service's `app.py`, and nowhere else."""

    model_config = SettingsConfigDict(env_prefix="DATELINE_", frozen=True, extra="ignore")

    redis_url: Annotated[BrokerUrl, NoDecode] = Field(
        default=BrokerUrl.parse("redis://127.0.0.1:6379/0"),
        description="Redis (7.0 or newer) or Valkey (8 or newer) that carries the streams: one server, "
        "`redis+sentinel://…` or `redis+cluster://…`.",
    )
    stream_prefix: str = Field(
        default="dateline",
        validate_default=True,
        pattern=r"^[A-Za-z0-9_.{}-]+$",
        description="What all stream and key names begin with; in a cluster a part is in braces: `{dateline}`.",
    )
    consumer: str = Field(
        default_factory=socket.gethostname,
        min_length=1,
        description="This replica's name in its groups (default: the host's name). No two replicas may share it.",
    )
    retry_after_s: float = Field(
        default=15.0, gt=0, description="Seconds after which an unacknowledged event is taken up again."
    )
    max_deliveries: int = Field(
        default=5, ge=2, description="Deliveries after which an event that still fails goes to quarantine."
    )
    batch_limit_s: float = Field(
        default=60.0, gt=0, description="Seconds that a batch of events may take; then it is given up, and comes again."
    )
    stop_s: float = Field(
        default=8.0, gt=0, description="Seconds that a service which is told to stop may take to finish its batch."
    )
    retain_days: float = Field(
        default=7.0, gt=0, description="Days that events stay on the streams after every group has settled them."
    )
    group_expires_days: float = Field(
        default=14.0, gt=0, description="Days after which a group that nobody reads holds no events back any more."
    )
    max_stream_bytes: int = Field(
        default=0,
        ge=0,
        description="Bytes of Redis that the streams may take together; 0 is two thirds of its `maxmemory`.",
    )
    log_level: str = Field(default="INFO", pattern=r"^(DEBUG|INFO|WARNING|ERROR)$", description="How much is logged.")

    @field_validator("stream_prefix")
    @classmethod
    def _keys_share_a_slot(cls, prefix: str, others: ValidationInfo) -> str:
        url = others.data.get("redis_url")
        if isinstance(url, BrokerUrl):
            check_prefix(url, prefix)
        return prefix

    @property
    def retry(self) -> RetryPolicy:
        return RetryPolicy(self.retry_after_s, self.max_deliveries)

    @property
    def keeping(self) -> Keeping:
        days = timedelta(days=self.retain_days), timedelta(days=self.group_expires_days)
        return Keeping(*days, most_bytes=self.max_stream_bytes)

    @property
    def streams(self) -> StreamNames:
        return StreamNames(prefix=self.stream_prefix)
