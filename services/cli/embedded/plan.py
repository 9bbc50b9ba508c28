"""Which programs a run consists of, and what each is told. Nothing is started here."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from services.cli.sample.residence import Residence

SAMPLE_OPML = "sample.opml"


@dataclass(frozen=True, slots=True)
class Plan:
    """`redis_url` is a server that runs already; without it one is started on `redis_port`.

    `opml` is the user's feed list. `sample` says where the sample publisher lives, if it is to run. `admin_key` is what
    changing anything takes.
    """

    data: Path
    host: str
    port: int
    redis_port: int
    redis_url: str | None = None
    opml: Path | None = None
    sample: Residence | None = None
    admin_key: str | None = field(default=None, repr=False)

    @property
    def broker_url(self) -> str:
        return self.redis_url or f"redis://127.0.0.1:{self.redis_port}/0"

    @property
    def api_url(self) -> str:
        """Where the API is reached from this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 (compared, not bound)
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Program:
    """A process to start. `log` is where it writes for itself, if not to its standard output."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    log: Path | None = None


def services(plan: Plan, allowed_hosts: str) -> tuple[Program, ...]:
    """The three services, and the sample publisher. `allowed_hosts` is what the user allows, split by commas."""
    settings = {
        "PYTHONUNBUFFERED": "1",
        "DATELINE_REDIS_URL": plan.broker_url,
        "DATELINE_DATABASE_PATH": str(plan.data / "dateline.db"),
        "DATELINE_HTTP_HOST": plan.host,
        "DATELINE_HTTP_PORT": str(plan.port),
    }
    if plan.opml:
        settings["DATELINE_OPML"] = str(plan.opml)
    if plan.sample:
        settings["DATELINE_OPML"] = str(plan.data / SAMPLE_OPML)
        settings["DATELINE_ALLOW_HOSTS"] = ",".join(filter(None, (allowed_hosts, "127.0.0.1")))
    for_api = settings | ({"DATELINE_ADMIN_KEY": plan.admin_key} if plan.admin_key else {})
    wire = tuple(
        Program(name, (sys.executable, "-m", f"services.{name}"), for_api if name == "api" else settings)
        for name in ("ingest", "enrich", "api")
    )
    return (*wire, sample_publisher(plan)) if plan.sample else wire


def sample_publisher(plan: Plan) -> Program:
    command = (sys.executable, "-m", "services.cli.sample", "--data", str(plan.data), "--ping", plan.api_url)
    key = {"DATELINE_API_KEY": plan.admin_key} if plan.admin_key else {}
    return Program("sample", command, {"PYTHONUNBUFFERED": "1"} | key)


def valkey(binary: Path, plan: Plan) -> Program:
    """Append-only, so that nothing acknowledged is lost but the last second of a power cut; reached from here only."""
    folder = plan.data / "redis"
    log = folder / "valkey.log"
    options = {
        "port": str(plan.redis_port),
        "bind": "127.0.0.1",
        "dir": str(folder),
        "logfile": str(log),
        "save": "",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
    }
    return Program(
        "valkey", (str(binary), *(part for name in options for part in (f"--{name}", options[name]))), log=log
    )
