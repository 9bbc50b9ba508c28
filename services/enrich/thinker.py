"""The pipeline in a child process, so that no article can stop the service.

A thread could not be stopped, and a regular expression that goes astray in one would hold up the whole process: the
connection to Redis, the sign of life, the other articles.
"""

import logging
import os
import pickle
import select
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Sequence
from pathlib import Path

from services.contracts.articles import Article
from services.contracts.enrichments import Enrichment, Setup
from services.enrich.context import Context
from services.enrich.messages import LENGTH_BYTES, Enriched, Ready, Refused, framed, options
from services.enrich.pipeline import Pipeline
from services.enrich.rules_file import BrokenRules
from services.enrich.tally import Tally

logger = logging.getLogger(__name__)

START_S = 60.0
ALONE_S = 30.0
BATCH_S = 120.0
"""Seconds after which the child is killed: it bounds each step itself, so it is stuck where it cannot be stopped."""

CRASHED = "this makes enrichment crash, run out of memory or take too long"
_BUFFER = 2**20
_TRIES = 3


class NoChild(Exception):
    """None can be started now. Whatever was to be enriched can be later."""


class _ChildLost(Exception):
    """The child ended, or was killed since it did not answer."""


class _ChildEnded(_ChildLost):
    """It was not this process that ended it."""


class Thinker:
    """Starts its child at once and ends it with `close`. Whoever asks waits for the one before. Raises `BrokenRules`.

    `broken_rules` says why the rules file as it is now is not in use, if it is not.
    """

    def __init__(
        self,
        tags_file: Path | None = None,
        off: Collection[str] = (),
        log_level: str = "INFO",
        *,
        alone_s: float = ALONE_S,
        batch_s: float = BATCH_S,
        command: Sequence[str] = (sys.executable, "-m", "services.enrich.child"),
    ) -> None:
        self._command = [*command, options(tags_file, off, log_level)]
        self._alone_s, self._batch_s = alone_s, batch_s
        self._one_at_a_time, self._closed = threading.Lock(), False
        self._child, self._ready = self._start_surely()
        self._setup = self._ready.setup
        self._ended, self._tally = Tally(), Tally()
        self.broken_rules: str | None = None

    @property
    def tally(self) -> Tally:
        """Of all its children."""
        return self._ended.plus(self._tally)

    @property
    def version(self) -> int:
        """Of the pipeline."""
        return self._ready.version

    @property
    def setup(self) -> Setup:
        """What the pipeline is set to, as far as is known: it reads a rules file that changed when it is next asked."""
        return self._setup

    @property
    def pid(self) -> int:
        return self._child.pid

    def enrich(self, articles: Sequence[Article], contexts: Sequence[Context]) -> list[Enrichment]:
        """As `Pipeline.enrich`. An article that the child cannot bear is enriched with nothing, and says so. Where the
        child ended and no other can be started it raises `NoChild`, or `BrokenRules`; the next call tries again."""
        if not articles:
            return []
        with self._one_at_a_time:
            return self._enrich(articles, contexts)

    def _enrich(
        self, articles: Sequence[Article], contexts: Sequence[Context], *, again: bool = False
    ) -> list[Enrichment]:
        alone = len(articles) == 1
        try:
            answer = _ask(self._child, (list(articles), list(contexts)), self._alone_s if alone else self._batch_s)
        except _ChildLost as lost:
            if self._closed:
                raise
            logger.error("the child that enriches is started again: %s", lost)
            self._restart()
            if alone and (again or not isinstance(lost, _ChildEnded)):
                return [self._given_up(articles[0])]
            if alone:  # somebody may have killed it: the kernel for want of memory, an operator
                return self._enrich(articles, contexts, again=True)
            pairs = zip(articles, contexts, strict=True)
            return [found for article, context in pairs for found in self._enrich([article], [context])]
        assert isinstance(answer, Enriched)
        self._tally, self.broken_rules = answer.tally, answer.broken_rules
        self._setup = answer.enrichments[-1].setup or self._setup
        return answer.enrichments

    def reload(self) -> None:
        """Read the rules file again. Raises `BrokenRules` where it is broken, and the rules stay as they were."""
        fresh, ready = self._start()
        _end(self._child)
        self._replace(fresh, ready)
        self.broken_rules = None

    def close(self) -> None:
        """A batch that is under way is given up: its caller is told so by an exception."""
        self._closed = True
        _end(self._child)

    def _given_up(self, article: Article) -> Enrichment:
        [bare] = Pipeline(()).enrich([article])
        skipped = dict.fromkeys(self._ready.steps, CRASHED)
        for step in skipped:
            self._ended.add(step, 0, 1, 0.0)
        about = {"version": self._ready.version, "setup": self._setup, "skipped": skipped}
        return bare.model_copy(update=about)

    def _restart(self) -> None:
        _end(self._child)
        self._replace(*self._start_surely())

    def _start_surely(self) -> tuple["subprocess.Popen[bytes]", Ready]:
        """Somebody may kill it before it is ready."""
        for _try in range(_TRIES):
            try:
                return self._start()
            except _ChildLost as lost:
                logger.error("the child that enriches did not start: %s", lost)
        raise NoChild("the child that enriches cannot be started")

    def _replace(self, child: "subprocess.Popen[bytes]", ready: Ready) -> None:
        self._child, self._ready, self._setup = child, ready, ready.setup
        self._ended, self._tally = self.tally, Tally()

    def _start(self) -> tuple["subprocess.Popen[bytes]", Ready]:
        pipe = subprocess.PIPE
        child = subprocess.Popen(self._command, stdin=pipe, stdout=pipe, bufsize=0)  # noqa: S603  our own
        try:
            first = _read(child, time.monotonic() + START_S)
        except BaseException:
            _end(child)
            raise
        if isinstance(first, Refused):
            _end(child)
            raise BrokenRules(first.reason)
        assert isinstance(first, Ready)
        return child, first


def _ask(child: "subprocess.Popen[bytes]", request: object, limit_s: float) -> object:
    assert child.stdin is not None
    message, deadline = memoryview(framed(request)), time.monotonic() + limit_s
    try:
        while message:
            message = message[child.stdin.write(message) :]
    except (OSError, ValueError) as error:  # the latter where no other could be started after it
        raise _ChildEnded("it has ended") from error
    return _read(child, deadline)


def _read(child: "subprocess.Popen[bytes]", deadline: float) -> object:
    length = _exactly(child, LENGTH_BYTES, deadline)
    answer: object = pickle.loads(_exactly(child, int.from_bytes(length, "big"), deadline))  # noqa: S301  our own child's
    return answer


def _exactly(child: "subprocess.Popen[bytes]", count: int, deadline: float) -> bytes:
    assert child.stdout is not None
    parts = []
    while count:
        readable, _, _ = select.select([child.stdout], [], [], max(0.0, deadline - time.monotonic()))
        if not readable:
            raise _ChildLost("it did not answer in time")
        part = os.read(child.stdout.fileno(), min(count, _BUFFER))
        if not part:
            raise _ChildEnded("it has ended")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def _end(child: "subprocess.Popen[bytes]") -> None:
    child.kill()
    for pipe in (child.stdin, child.stdout):
        if pipe:
            pipe.close()
    child.wait()
