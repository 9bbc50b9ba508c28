"""The read model is made anew beside the one that is served, in a child process, and then takes its place."""

import asyncio
import json
import logging
import os
import sqlite3
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.api.anew.build import Anew, Streams, Waiting, Wanted, sealed
from services.api.readmodel.model import ReadModel
from services.api.readmodel.position import Stream
from services.api.readmodel.schema import DatabaseUnusable, open_writer
from services.api.settings import ApiSettings
from services.wire.tasks import end

logger = logging.getLogger(__name__)

_LONGEST_LINE = 2**26  # it may name each entry that waits

State = Literal["never", "running", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Progress:
    """`events` were read so far; `articles` can be read of the new one."""

    state: State = "never"
    events: int = 0
    articles: int = 0
    reason: str | None = None


def streams_of(settings: ApiSettings) -> Streams:
    names = settings.streams
    return {Stream.ARTICLES: names.articles, Stream.ENRICHMENTS: names.enrichments, Stream.FEEDS: names.feeds}


def fresh_file(settings: ApiSettings) -> Path:
    """Where the new one is made."""
    path = settings.database_path
    return path.with_name(f"{path.name}.anew")


def forget_unfinished(settings: ApiSettings) -> None:
    """Remove what an API that was killed had made of a new read model."""
    _clear(fresh_file(settings))


def _clear(file: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


class AnotherRebuild(Exception):
    """One is under way that reads other events. Tell who asked."""


class Rebuilding:
    """One at a time. Ended with `close`, what was made so far is thrown away, and the old one stays."""

    def __init__(self, settings: ApiSettings, model: ReadModel, redis: Redis) -> None:
        self._settings, self._model, self._redis = settings, model, redis
        self._task: asyncio.Task[None] | None = None
        self._wanted = Wanted()
        self.progress = Progress()

    def start(self, wanted: Wanted) -> Progress:
        """Changes nothing where one of the same is under way. Raises `AnotherRebuild`."""
        if self._task is None or self._task.done():
            self.progress = Progress("running")
            self._wanted = wanted
            self._task = asyncio.create_task(self._run(), name="rebuilding")
        elif wanted != self._wanted:
            raise AnotherRebuild("a read model is being made anew from other events; ask again when that is done")
        return self.progress

    async def close(self) -> None:
        if self._task:
            await end(self._task)

    async def _run(self) -> None:
        fresh = fresh_file(self._settings)
        try:
            await asyncio.to_thread(_clear, fresh)
            waiting, taken = await self._build()
            await self._take_place(fresh, waiting, taken)
            articles = (await self._model.counts()).articles
            self.progress = Progress("done", self.progress.events, articles)
            logger.info("the read model was made anew: %d articles", articles)
        except (RedisError, sqlite3.Error, OSError, DatabaseUnusable, RuntimeError) as error:
            reason = str(error) or type(error).__name__
            logger.error("the read model cannot be made anew; the old one stays: %s", reason)
            self.progress = Progress("failed", self.progress.events, reason=reason)
        finally:
            await asyncio.to_thread(_clear, fresh)

    async def _build(self) -> tuple[Waiting, int]:
        """Have the child make all but the rest. Raises `RuntimeError` where it fails."""
        environment = os.environ | {
            "DATELINE_REDIS_URL": self._settings.redis_url.secret,
            "DATELINE_DATABASE_PATH": str(self._settings.database_path),
            "DATELINE_STREAM_PREFIX": self._settings.stream_prefix,
            "DATELINE_API_GROUP": self._settings.api_group,
        }
        command = (sys.executable, "-m", "services.api.anew", json.dumps(asdict(self._wanted)))
        child = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,  # says nothing, and ends when this process does
            stdout=asyncio.subprocess.PIPE,
            env=environment,
            limit=_LONGEST_LINE,
        )
        try:
            assert child.stdout is not None
            waiting, taken = Waiting(), -1
            while line := await child.stdout.readline():
                said = json.loads(line)
                self.progress = Progress("running", said["events"])
                if "taken" in said:
                    taken = said["taken"]
                    for stream, entries in said["waiting"].items():
                        waiting.entries[Stream(int(stream))] = entries
            status = await child.wait()
        finally:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()
        if status or taken < 0:
            raise RuntimeError(f"the process that makes it ended with status {status}; the log says more")
        return waiting, taken

    async def _take_place(self, fresh: Path, waiting: Waiting, taken: int) -> None:
        new = await asyncio.to_thread(open_writer, fresh)
        streams, group = streams_of(self._settings), self._settings.api_group
        rest = Anew(self._redis, streams, group, self._settings.database_path, new, waiting=waiting, taken=taken)
        try:
            async with self._model.gate:
                await rest.finish()
                await asyncio.to_thread(sealed, new, fresh)
                await self._model.replace(fresh)
        finally:
            new.close()
