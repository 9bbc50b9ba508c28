"""HEAD wherever there is GET."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.api.live.line import LINE


class HeadAsGet:
    """Answers HEAD with what GET would be answered with, without its body (RFC 9110, section 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        ended = False

        async def send_head(message: Message) -> None:
            nonlocal ended
            if message["type"] == "http.response.start":
                await send(message)
            elif not ended:  # also the end of an answer that would go on for ever
                ended = True
                await send({"type": "http.response.body", "body": b"", "more_body": False})

        # Without its line, an answer that would go on for ever ends at once.
        state = {name: value for name, value in scope.get("state", {}).items() if name != LINE}
        await self._app({**scope, "method": "GET", "state": state}, receive, send_head)
