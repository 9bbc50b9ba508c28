"""Settings that every service shares."""

import socket
from dataclasses import dataclass

from pydantic import Field, RedisDsn
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.contracts.streams import StreamNames


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """When an unsettled entry is delivered again (s since its last delivery), and how often at most."""

    after_s: float = 15.0
    max_deliveries: int = 5


class WireSettings(BaseSettings):
    """Read from `DATELINE_*` environment variables by each service's `app.py`, and nowhere else."""

    model_config = SettingsConfigDict(env_prefix="DATELINE_", frozen=True, extra="ignore")

    redis_url: RedisDsn = Field(
        default=RedisDsn("redis://127.0.0.1:6379/0"),
        description="Redis (7.0 or newer) or Valkey (8 or newer) that carries the streams.",
    )
    stream_prefix: str = Field(
        default="dateline",
        pattern=r"^[A-Za-z0-9_.{}-]+$",
        description="What all stream and key names begin with.",
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
    log_level: str = Field(default="INFO", pattern=r"^(DEBUG|INFO|WARNING|ERROR)$", description="How much is logged.")

    @property
    def retry(self) -> RetryPolicy:
        return RetryPolicy(self.retry_after_s, self.max_deliveries)

    @property
    def streams(self) -> StreamNames:
        return StreamNames(prefix=self.stream_prefix)
