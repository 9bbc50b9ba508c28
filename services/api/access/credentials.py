"""How a request carries its key: `Authorization: Bearer`, the cookie of someone who signed in on the page, the password
of `Authorization: Basic`, or the parameter `access_token` of an address, for readers that can send no headers."""

import base64
import binascii
from dataclasses import dataclass
from enum import Enum
from urllib.parse import parse_qsl, unquote, urlencode

from starlette.types import Scope

TOKEN = "access_token"  # noqa: S105 - a parameter's name
_TOKEN = TOKEN.encode()
COOKIE = "dateline_key"


class Way(Enum):
    BEARER = "bearer"
    COOKIE = "cookie"
    BASIC = "basic"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Credential:
    text: str
    way: Way


def header(scope: Scope, name: bytes) -> str | None:
    """The first header of this name, in lower case."""
    for key, value in scope["headers"]:
        if key == name:
            return str(value, "latin-1")
    return None


def credential(scope: Scope) -> Credential | None:
    """What the request carries. A header goes before the address, the cookie before `Basic`, which a proxy may want."""
    authorization = header(scope, b"authorization")
    way, _, value = (authorization or "").strip().partition(" ")
    if way.lower() == "bearer":
        return Credential(value.strip(), Way.BEARER)
    signed_in = _cookie(header(scope, b"cookie") or "")
    if signed_in:
        return Credential(signed_in, Way.COOKIE)
    if way.lower() == "basic":
        password = _password(value.strip())
        return None if password is None else Credential(password, Way.BASIC)
    if _TOKEN in scope["query_string"]:
        for name, value in parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True):
            if name == TOKEN:
                return Credential(value, Way.ADDRESS)
    return None


def without_token(query: bytes) -> bytes:
    """The query without the key, which nobody further in is to see, quote or keep."""
    if _TOKEN not in query:
        return query
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    return urlencode([pair for pair in pairs if pair[0] != TOKEN]).encode()


def _cookie(cookies: str) -> str:
    for pair in cookies.split(";") if COOKIE in cookies else ():
        name, _, value = pair.strip().partition("=")
        if name == COOKIE:
            return unquote(value)
    return ""


def _password(value: str) -> str | None:
    try:
        return base64.b64decode(value, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return None


def from_another_site(scope: Scope, sent: Credential | None = None) -> bool:
    """Whether a browser says that a page of elsewhere made it send this request. Programs say nothing of the kind; who
    sent a cookie is no program, and must say that it was a page of ours."""
    site = header(scope, b"sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = header(scope, b"origin")
    if origin is None:
        return sent is not None and sent.way is Way.COOKIE
    return origin.partition("://")[2].lower() != (header(scope, b"host") or "").lower()
