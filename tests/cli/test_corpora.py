"""`dateline parse`, the command itself, over thousands of real and malformed feeds, where they are at hand."""

import json
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.conftest import CORPORA


@pytest.mark.parametrize("corpus", ["feeds", "hostile"])
def test_parse_ends_without_a_traceback_whatever_the_file(corpus: str, tmp_path: Path) -> None:
    archive = CORPORA / f"{corpus}.tar.xz"
    if not archive.exists():
        pytest.skip(f"the corpus {corpus} is not here")
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path, filter="data")
    files = [str(path.relative_to(tmp_path)) for path in sorted(tmp_path.rglob("*")) if path.is_file()]
    answer = subprocess.run(
        [sys.executable, "-m", "services.cli", "parse", *files],
        cwd=tmp_path, capture_output=True, timeout=180, check=False,
    )  # fmt: skip
    documents = [json.loads(line) for line in answer.stdout.splitlines()]
    errors = [document["error"]["file"] for document in documents if "error" in document]
    assert answer.stderr == b""
    assert answer.returncode == 1, "both corpora hold files that are no feeds"
    assert len(errors) == len(set(errors))
    assert len(documents) > len(errors) or corpus == "hostile"
