"""The canonical form of an article's URL: one that works, and that says nothing of who linked to it.

Parsing and serialising follow https://url.spec.whatwg.org and RFC 3986, 6.2.2, where two spellings mean the same
request: case of scheme and host, default ports, empty paths and queries, dot segments, percent-encoded letters. Beyond
that, fragments, sessions and parameters that only tell the publisher where a reader came from are removed, and links
through a redirecting or caching service are replaced by their target. Nothing that could choose another page is
touched; what may be left out only to recognise an article is in `address_key`.
"""

import re
from urllib.parse import SplitResult, urlsplit

from services.contracts.detours import target_of
from services.contracts.tracking import tracks, without_session

_DEFAULT_PORTS = {"http": 80, "https": 443}
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ENCODED = re.compile(r"%[0-9a-fA-F]{2}")
_BARE_PERCENT = re.compile(r"%(?![0-9a-fA-F]{2})")
_LONGEST = 4_000


def canonical_url(url: str | None) -> str | None:
    """The canonical form, which is its own canonical form; None for what is no http or https URL of a host."""
    if not url or len(url) > _LONGEST:
        return None
    try:
        return _canonical(urlsplit(url.strip()))
    except ValueError:
        return None


def _canonical(parts: SplitResult) -> str | None:
    scheme, host, port = parts.scheme.lower(), _host(parts.hostname), parts.port
    if scheme not in _DEFAULT_PORTS or not host:
        return None
    target = target_of(host, parts.path, parts.query)
    if target and (direct := canonical_url(target)):
        return direct
    place = host if port in (None, _DEFAULT_PORTS[scheme]) else f"{host}:{port}"
    query = _without_tracking(parts.query, host)
    return f"{scheme}://{place}{_path(parts.path)}{f'?{query}' if query else ''}{_fragment(parts)}"


def host_of(url: str | None) -> str | None:
    """The host, in lower case and without `www.`, or None."""
    try:
        host = _host(urlsplit(url or "").hostname)
    except ValueError:
        return None
    return host.removeprefix("www.") or None if host else None


def _host(host: str | None) -> str:
    """Lower case, punycode, without the root's dot. Raises ValueError for what cannot be a host."""
    host = (host or "").rstrip(".").lower()
    if ":" in host:
        return f"[{host}]"
    if not host.isascii():
        host = host.encode("idna").decode()
    if re.search(r"[\s<>\"\\^`{|}%]", host):
        raise ValueError("no host")
    return host


def _path(path: str) -> str:
    kept: list[str] = []
    segments = without_session(_encoded(path)).split("/")[1:]
    for segment in segments:
        if segment == "..":
            kept = kept[:-1]
        elif segment != ".":
            kept.append(segment)
    if segments and segments[-1] in (".", ".."):
        kept.append("")
    shorter = "/" + "/".join(kept)
    # A percent sign that stood for itself may be gone with its segment, and then the others mean what they say.
    return _path(shorter) if "%" in shorter and shorter != path else shorter


def _without_tracking(query: str, host: str) -> str:
    pairs = (pair for pair in _encoded(query).split("&") if pair)
    return "&".join(pair for pair in pairs if not tracks(*_name_and_value(pair), host))


def _name_and_value(pair: str) -> tuple[str, str]:
    name, _equals, value = pair.partition("=")
    return name, value


def _encoded(text: str) -> str:
    """Everything percent-encoded that has to be, in capitals, and no letter or digit that need not be.

    Where a percent sign stands for itself nothing is decoded: it could begin to mean something.
    """
    if "%" in text:
        spelled = str.upper if _BARE_PERCENT.search(text) else _plain
        text = _ENCODED.sub(lambda match: spelled(match[0]), text)
    return "".join(f"%{byte:02X}" if byte <= 0x20 or byte >= 0x7F else chr(byte) for byte in text.encode())


def _plain(encoded: str) -> str:
    byte = int(encoded[1:], 16)
    return chr(byte) if byte in _UNRESERVED else encoded.upper()


def _fragment(parts: SplitResult) -> str:
    """`#!` and `#/` route to a page on sites that were built so; any other fragment is a place on the same page."""
    return f"#{parts.fragment}" if re.match(r"![^?]|/[^?]", parts.fragment) else ""
