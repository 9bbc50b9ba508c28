"""The API's settings."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr

from services.wire.settings import WireSettings


def _split(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _networks(text: str) -> str:
    for part in _split(text):
        ip_network(part)
    return text


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
    cors_origins: str = Field(
        default="*",
        description="Sites whose pages may read the API in a browser, such as `https://paper.example`; `*` for all.",
    )
    reading: Literal["open", "closed"] = Field(
        default="open", description="Whether everybody may read, or only who has a key (`closed`). Changing needs one."
    )
    admin_key: SecretStr | None = Field(
        default=None,
        min_length=20,
        description="A key for everything, of your own making; others are made by `dateline keys add`.",
    )
    keys_path: Path | None = Field(
        default=None, description="The SQLite file of API keys (default: `keys.db` beside the database)."
    )
    searches_path: Path | None = Field(
        default=None, description="The SQLite file of saved searches (default: `searches.db` beside the database)."
    )
    allow_hosts: str = Field(
        default="",
        description="Hosts (names or addresses, split by commas) that webhooks may be sent to although they are private"
        " or loopback.",
    )
    webhook_retry_s: float = Field(
        default=5.0,
        gt=0,
        description="The first wait, in seconds, after a webhook could not be delivered; then four "
        "times as long, and so on up to two hours.",
    )
    webhook_tries: int = Field(
        default=12, ge=1, description="Tries after which an event that a webhook does not take is a dead letter."
    )
    rate_per_address: int = Field(
        default=600, ge=0, description="Requests a minute that one address may make; 0 is no limit. Loopback has none."
    )
    rate_per_key: int = Field(
        default=6_000, ge=0, description="Requests a minute that one key may make; 0 is no limit. Loopback has none."
    )
    trusted_proxies: Annotated[str, AfterValidator(_networks)] = Field(
        default="",
        description="Addresses and networks of proxies, split by commas, whose `X-Forwarded-For` and "
        "`X-Forwarded-Proto` are believed.",
    )
    api_batch: int = Field(
        default=500, ge=1, le=10_000, description="Events that the API applies in one transaction at most."
    )
    stream_backlog: int = Field(
        default=1_000, ge=1, description="Events that a reader of the live stream may lag behind before it is dropped."
    )
    stream_per_address: int = Field(
        default=100, ge=1, description="Live streams that one client address may have open."
    )
    journal_days: float = Field(
        default=7.0, gt=0, description="Days for which a reader of the live stream may be away and still miss nothing."
    )
    journal_rows: int = Field(
        default=1_000_000, ge=1, description="Changes that are kept for readers who were away, at most."
    )

    @property
    def keys_file(self) -> Path:
        return self.keys_path or self.database_path.with_name("keys.db")

    @property
    def searches_file(self) -> Path:
        return self.searches_path or self.database_path.with_name("searches.db")

    @property
    def hosts(self) -> frozenset[str]:
        return frozenset(host.strip("[]") for host in _split(self.allow_hosts.lower()))

    @property
    def proxies(self) -> list[str]:
        return _split(self.trusted_proxies)
