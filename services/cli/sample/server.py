"""The sample publisher's HTTP server: GET and HEAD with validators (RFC 9110), one thread a connection."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from services.cli.sample.addresses import Addresses
from services.cli.sample.answers import Answer, answer
from services.cli.sample.script import Publisher


class SampleServer(ThreadingHTTPServer):
    """Listens on 127.0.0.1 from its construction on; `serve_forever` answers. Raises OSError on a busy port."""

    daemon_threads = True

    def __init__(self, script: Sequence[Publisher], epoch: datetime, port: int, clock: Callable[[], datetime]) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.script, self.epoch, self.clock = script, epoch, clock
        self.addresses = Addresses(self.server_address[1])


class _Handler(BaseHTTPRequestHandler):
    server: SampleServer
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "SamplePublisher", ""
    timeout = 30

    def do_GET(self) -> None:
        site = self.server
        host = self.headers.get("Host", "")
        found = answer(site.script, site.addresses, host, self.path, site.epoch, site.clock())
        if found is None:
            self.send_error(HTTPStatus.NOT_FOUND)
        elif _unchanged(found, self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since")):
            self._send(HTTPStatus.NOT_MODIFIED, found)
        else:
            self._send(HTTPStatus.OK, found)

    do_HEAD = do_GET  # noqa: N815 (the name that http.server looks for)

    def _send(self, status: HTTPStatus, found: Answer) -> None:
        self.send_response(status)
        self.send_header("ETag", found.etag)
        self.send_header("Cache-Control", "no-cache")
        if found.changed:
            self.send_header("Last-Modified", format_datetime(found.changed.astimezone(UTC), usegmt=True))
        if status is HTTPStatus.OK:
            self.send_header("Content-Type", found.media_type)
            self.send_header("Content-Length", str(len(found.body)))
        self.end_headers()
        if status is HTTPStatus.OK and self.command == "GET":
            self.wfile.write(found.body)

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not logged: it is a poll every few seconds, and nobody's concern."""


def _unchanged(found: Answer, if_none_match: str | None, if_modified_since: str | None) -> bool:
    """RFC 9110, 13.1: the entity tag decides where one is given, the date otherwise."""
    if if_none_match is not None:
        tags = re.findall(r'(?:W/)?("[^"]*")', if_none_match)
        return if_none_match.strip() == "*" or found.etag in tags
    if if_modified_since is None or found.changed is None:
        return False
    try:
        since = parsedate_to_datetime(if_modified_since)
    except ValueError:
        return False
    return found.changed.replace(microsecond=0) <= since.replace(tzinfo=since.tzinfo or UTC)
