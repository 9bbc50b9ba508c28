"""deploy/redis.conf on every server that is supported and found here: each option must be known to all of them."""

import subprocess
from pathlib import Path

import pytest
from redis import Redis
from redis.backoff import ConstantBackoff
from redis.exceptions import ConnectionError
from redis.retry import Retry

from tests.conftest import free_port, server_binaries
from tests.containers.stack import ROOT

EXPECTED = {"appendonly": "yes", "appendfsync": "everysec", "save": "", "maxmemory-policy": "noeviction"}


@pytest.mark.parametrize("binary", server_binaries())
def test_the_server_starts_with_it_and_does_as_it_says(binary: str, tmp_path: Path) -> None:
    port = free_port()
    of_this_test = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(tmp_path)]
    patiently = Retry(ConstantBackoff(0.02), 250, supported_errors=(ConnectionError,))
    with (
        subprocess.Popen([binary, ROOT / "deploy" / "redis.conf", *of_this_test], stdout=subprocess.DEVNULL) as server,
        Redis(port=port, retry=patiently, decode_responses=True) as client,
    ):
        try:
            assert client.config_get(*EXPECTED) == EXPECTED
            assert int(client.config_get("maxmemory")["maxmemory"]) > 0
        finally:
            server.terminate()
