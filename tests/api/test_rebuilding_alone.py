"""The child that makes a read model anew, when whoever wanted it is gone."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest
from redis.asyncio import Redis

from tests.api.events import published
from tests.api.serving import put
from tests.conftest import Server

pytestmark = pytest.mark.anyio


async def test_it_ends_without_a_word_too_much(server: Server, redis: Redis, tmp_path: Path) -> None:
    await put(redis, *(published(number, minutes=number) for number in range(5)))
    environment = os.environ | {
        "DATELINE_REDIS_URL": server.url,
        "DATELINE_DATABASE_PATH": str(tmp_path / "dateline.db"),
    }
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.api.anew", "{}", stdin=pipe, stdout=pipe, stderr=pipe, env=environment
    )
    child.send_signal(signal.SIGSTOP)  # so that it is in the middle of it, however quick it is
    assert child.stdin
    assert child.stdout
    assert child.stderr
    child.stdin.close()
    child.stdout.feed_eof()
    child.send_signal(signal.SIGCONT)
    async with asyncio.timeout(60):
        assert await child.wait() == 1
        assert b"Traceback" not in await child.stderr.read()
