"""The API's settings."""

from pathlib import Path

from pydantic import Field

from services.wire.settings import WireSettings


class ApiSettings(WireSettings):
    """Read by `app.py` and nowhere else."""

    database_path: Path = Field(
        default=Path("var/dateline.db"), description="The API's SQLite file. It can be rebuilt from the streams."
    )
    api_group: str = Field(
        default="api",
        min_length=1,
        description="The consumer group that fills the database. Each API replica has its own group and database.",
    )
    http_host: str = Field(default="127.0.0.1", min_length=1, description="The address that the API listens on.")
    http_port: int = Field(default=8000, ge=0, le=65535, description="Its port; 0 takes a free one.")
    api_batch: int = Field(
        default=500, ge=1, le=10_000, description="Events that the API applies in one transaction at most."
    )
    stream_backlog: int = Field(
        default=1_000, ge=1, description="Events that a reader of the live stream may lag behind before it is dropped."
    )
