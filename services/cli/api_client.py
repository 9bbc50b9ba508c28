"""Talking to the HTTP API, and saying in one line what went wrong."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from services.cli.own_key import ShownKey
from services.cli.trouble import Trouble

DEFAULT_API = "http://127.0.0.1:8000"
Parameters = Mapping[str, str | int | Sequence[str] | None]


def trusts_proxies(api: str) -> bool:
    """Proxies of the environment are for the world outside, not for this machine."""
    return urlsplit(api).hostname not in ("127.0.0.1", "localhost", "::1")


def given(parameters: Parameters) -> dict[str, Any]:
    """The parameters that were given, as httpx takes them."""
    return {name: value for name, value in parameters.items() if value not in (None, [], ())}


def unreachable(api: str, error: Exception) -> Trouble:
    return Trouble(
        f"no API answers at {api} ({error or type(error).__name__}). Start one with `dateline up`, or name one: --api."
    )


def explained(answer: httpx.Response) -> Trouble:
    """An error answer as one line: the problem document's detail (RFC 9457), or the status where there is none."""
    try:
        problem = answer.json()
        detail = problem.get("detail") or problem.get("title")
    except (json.JSONDecodeError, UnicodeDecodeError, AttributeError):
        detail = None
    said = f"{answer.request.url} answered {answer.status_code} {answer.reason_phrase}".rstrip()
    return Trouble(detail or f"{said}, which is no answer of a Dateline API. Is --api right?")


class Api:
    """The API at a base URL. Everything raises `Trouble` when it is out of reach or says no."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        try:
            trust_env = trusts_proxies(url)
            self._client = httpx.Client(
                base_url=self.url, timeout=30, trust_env=trust_env, auth=ShownKey(not trust_env)
            )
        except (httpx.InvalidURL, ValueError) as error:
            raise Trouble(f"--api {url} is no URL ({error}); it looks like {DEFAULT_API}.") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def json(self, method: str, path: str, *, parameters: Parameters | None = None, body: object = None) -> Any:  # noqa: ANN401 (JSON)
        answer = self._ask(method, path, parameters, body, "application/json")
        try:
            return answer.json() if answer.content else None
        except (json.JSONDecodeError, UnicodeDecodeError):
            raise explained(answer) from None

    def text(self, path: str, parameters: Parameters) -> str:
        return self._ask("GET", path, parameters, None, "text/plain").text

    def _ask(self, method: str, path: str, parameters: Parameters | None, body: object, accept: str) -> httpx.Response:
        try:
            answer = self._client.request(
                method, path, params=given(parameters or {}), json=body, headers={"Accept": accept}
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise unreachable(self.url, error) from error
        if answer.is_error:
            raise explained(answer)
        return answer
