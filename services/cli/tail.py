"""`dateline tail`: the merged stream, as it happens."""

import asyncio
import json
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.cli.options import ApiUrl, Lang, SourceId, Tags

if TYPE_CHECKING:
    from services.cli.held import Shown
    from services.cli.sse import Message

_LATE_CHECK_S = 0.25
_RECONNECT_S = (0.5, 1.0, 2.0, 5.0)
_SILENCE_S = 45.0
"""The API sends a comment every 15 s; a line that is silent for three of them is dead."""


def tail(
    tag: Tags = None,
    source: SourceId = None,
    lang: Lang = None,
    since: Annotated[str | None, typer.Option(help="Begin after this event id, as --json shows it.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Every event as a JSON line: event, id, data.")] = False,
    api: ApiUrl = "http://127.0.0.1:8000",
) -> None:
    """Follow new and revised articles. Goes on where it was when the connection breaks. Ctrl-C ends it."""
    from services.cli.api_client import given

    parameters = given({"tag": tag, "source": source, "lang": lang, "since": since})
    follower = _Follower(api.rstrip("/"), parameters, as_json)
    with suppress(KeyboardInterrupt):
        asyncio.run(follower.follow())


class _Follower:
    def __init__(self, api: str, parameters: Mapping[str, Any], as_json: bool) -> None:
        from services.cli.held import Held

        self._api, self._parameters, self._as_json = api, parameters, as_json
        self._last_id: str | None = None
        self._held = Held()
        self._connected = False
        self._failures = 0

    async def follow(self) -> None:
        """Raises `Trouble` when the first connection fails, or the API refuses what is asked for."""
        late = asyncio.create_task(self._show_late())
        try:
            while True:
                await self._read_once()
                pause = _RECONNECT_S[min(self._failures, len(_RECONNECT_S) - 1)]
                self._failures += 1
                await asyncio.sleep(pause)
        finally:
            late.cancel()

    async def _read_once(self) -> None:
        import httpx

        from services.cli.api_client import explained, trusts_proxies, unreachable
        from services.cli.own_key import ShownKey
        from services.cli.sse import messages

        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": self._last_id} if self._last_id else {})
        timeout, trust_env = httpx.Timeout(10, read=_SILENCE_S), trusts_proxies(self._api)
        try:
            async with (
                httpx.AsyncClient(timeout=timeout, trust_env=trust_env, auth=ShownKey(not trust_env)) as client,
                client.stream("GET", f"{self._api}/v1/stream", params=self._parameters, headers=headers) as answer,
            ):
                if answer.is_client_error:
                    await answer.aread()
                    raise explained(answer)
                answer.raise_for_status()
                self._note_connection()
                async for message in messages(answer.aiter_lines(), self._last_id):
                    self._last_id = message.id
                    self._failures = 0
                    self._take(message)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            if not self._connected:
                raise unreachable(self._api, error) from error
        if not self._failures:
            print("the connection broke; trying again", file=sys.stderr)

    def _note_connection(self) -> None:
        if self._failures:
            print("connected again", file=sys.stderr)
        self._connected = True

    def _take(self, message: "Message") -> None:
        try:
            data = json.loads(message.data)
        except ValueError:
            return
        if self._as_json:
            print(json.dumps({"event": message.event, "id": message.id, "data": data}, ensure_ascii=False), flush=True)
        elif message.event == "gap":
            print(f"away for too long; what came before is at {self._api}{data['page']}", file=sys.stderr)
        else:
            _show(self._held.take(message.event, data, asyncio.get_running_loop().time()))

    async def _show_late(self) -> None:
        while True:
            await asyncio.sleep(_LATE_CHECK_S)
            _show(self._held.overdue(asyncio.get_running_loop().time()))


def _show(ready: "list[Shown]") -> None:
    paint = _paint if sys.stdout.isatty() else _plain
    for shown in ready:
        print(line(shown, paint), flush=True)


Paint = Callable[[str, int], str]


def _plain(text: str, _colour: int) -> str:
    return text


def _paint(text: str, colour: int) -> str:
    return f"\x1b[{colour}m{text}\x1b[0m" if text else text


def line(shown: "Shown", paint: Paint = _plain) -> str:
    """Local time, publisher, title and tags of one article, in one line."""
    article = shown.article
    at = datetime.fromisoformat(article["time"]).astimezone()
    title = " ".join(str(article.get("title") or "(no title)").split())
    tags = ", ".join(tag["label"] for tag in article.get("tags") or ())
    parts = (
        paint(f"{at:%a %H:%M}", 2),
        paint(article["source"]["name"], 36),
        ("revised: " if shown.kind == "revised" else "") + paint(title, 1),
        paint(f"[{tags}]" if tags else "", 33),
    )
    return "  ".join(part for part in parts if part)
