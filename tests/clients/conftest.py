"""A real server over the sample wire, for clients that run in processes of their own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.api.http.sample_wire import sample_wire


@pytest.fixture
async def address(tmp_path: Path) -> AsyncIterator[str]:
    folder = tmp_path / "server"
    folder.mkdir()
    async with sample_wire(folder) as http:
        yield str(http.base_url).rstrip("/")
