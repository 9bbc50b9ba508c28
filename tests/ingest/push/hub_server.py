"""A WebSub hub on loopback, whole enough to be subscribed to, and able to misbehave in the ways that hubs do.

It runs in threads of its own, verifies intent as the standard wants it, and signs what it delivers.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl

import httpx


@dataclass
class Asked:
    """A form that was posted, with the path that it was posted to."""

    path: str
    form: dict[str, str]


@dataclass
class Hub:
    """`lease_s` is what it gives, `status` what it answers requests with. Its ways can be changed at any time."""

    lease_s: int = 3_600
    status: int = 202
    body: bytes = b""
    deny: str | None = None
    verifies: bool = True
    verifies_at_once: bool = False
    redirect_to: str | None = None
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    subscribers: dict[str, dict[str, str]] = field(default_factory=dict)
    verifications: list[httpx.Response] = field(default_factory=list)

    def deliver(
        self,
        body: bytes,
        *,
        method: str = "sha256",
        secret: str | None = None,
        signed: bool = True,
        kind: str = "application/rss+xml",
    ) -> list[int]:
        """Send `body` to every subscriber, and forget those that are gone. `secret` is another than was agreed."""
        answers = []
        for callback, form in list(self.subscribers.items()):
            key = (secret or form.get("hub.secret", "")).encode()
            headers = {"Content-Type": kind}
            if signed:
                headers["X-Hub-Signature"] = f"{method}={hmac.new(key, body, getattr(hashlib, method)).hexdigest()}"
            answer = httpx.post(callback, content=body, headers=headers, trust_env=False, timeout=20)
            if answer.status_code == 410:
                del self.subscribers[callback]
            answers.append(answer.status_code)
        return answers

    def call_back(self, callback: str, **parameters: str) -> httpx.Response:
        named = {f"hub.{name}": value for name, value in parameters.items()}
        return httpx.get(callback, params=named, trust_env=False, timeout=20)

    def answer(self, form: dict[str, str]) -> None:
        """What follows a request that was taken."""
        callback, topic, mode = form["hub.callback"], form["hub.topic"], form["hub.mode"]
        if self.deny is not None:
            self.call_back(callback, mode="denied", topic=topic, reason=self.deny)
            return
        if not self.verifies:
            return
        challenge = secrets.token_urlsafe(12)
        answer = self.call_back(callback, mode=mode, topic=topic, challenge=challenge, lease_seconds=str(self.lease_s))
        self.verifications.append(answer)
        if answer.is_success and answer.text == challenge:
            if mode == "subscribe":
                self.subscribers[callback] = form
            else:
                self.subscribers.pop(callback, None)

    @contextmanager
    def running(self) -> Iterator["Hub"]:
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
                hub.asked.append(Asked(self.path, form))
                redirected = hub.redirect_to if self.path == "/" else None
                status = 307 if redirected else hub.status
                if status in (202, 204) and hub.verifies_at_once:
                    hub.answer(form)
                self.send_response(status)
                if redirected:
                    self.send_header("Location", redirected)
                if status != 204:
                    self.send_header("Content-Length", str(len(hub.body)))
                self.end_headers()
                self.wfile.write(hub.body if status != 204 else b"")
                if status == 202 and not hub.verifies_at_once:
                    Thread(target=hub.answer, args=(form,), daemon=True).start()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        self.url = f"http://127.0.0.1:{server.server_port}/"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()
