"""The canonical form of an article's URL, so that one article has one id however it was linked to.

Parsing and serialising follow https://url.spec.whatwg.org where two spellings mean the same request: case of
scheme and host, default ports, empty paths and queries. Beyond that, fragments and parameters that only tell the
publisher where a reader came from are removed. Nothing that could choose another page is touched.
"""

import re
from urllib.parse import SplitResult, urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_TRACKING_PREFIXES = (
    "utm_",
    "mtm_",
    "pk_",
    "piwik_",
    "matomo_",
    "at_medium",
    "at_campaign",
    "at_custom",
    "hsa_",
    "oly_",
)
_TRACKING = frozenset((
    "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "ysclid", "twclid", "ttclid",
    "igshid", "igsh", "li_fat_id", "mc_cid", "mc_eid", "mkt_tok", "_hsenc", "_hsmi", "__hstc", "__hssc", "__hsfp",
    "hsctatracking", "vero_id", "vero_conv", "wickedid", "s_cid", "ns_campaign", "ns_mchannel", "ns_source",
    "ns_linkname", "ns_fee", "ncid", "cmpid", "cmp", "icid", "guccounter", "guce_referrer", "guce_referrer_sig",
    "xtor", "at_link_id", "at_ptr_name", "_openstat", "dpg_source", "traffic_source", "ref_src", "ref_url", "wt_mc",
    "wt.mc_id", "smid", "smtyp", "partner_rss",
))  # fmt: skip
_LONGEST = 4_000


def canonical_url(url: str | None) -> str | None:
    """The canonical form, which is its own canonical form; None for what is no http or https URL of a host."""
    if not url or len(url) > _LONGEST:
        return None
    try:
        parts = urlsplit(url.strip())
        host, port = _host(parts.hostname), parts.port
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or not host:
        return None
    place = host if port in (None, _DEFAULT_PORTS[scheme]) else f"{host}:{port}"
    query = _without_tracking(parts.query)
    return f"{scheme}://{place}{_path(parts)}{f'?{query}' if query else ''}{_fragment(parts)}"


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


def _path(parts: SplitResult) -> str:
    path = re.sub(r"%[0-9a-fA-F]{2}", lambda match: match[0].upper(), parts.path or "/")
    return "".join(f"%{byte:02X}" if byte <= 0x20 or byte >= 0x7F else chr(byte) for byte in path.encode())


def _without_tracking(query: str) -> str:
    kept = [pair for pair in query.split("&") if pair and not _tracks(pair.partition("=")[0].lower())]
    return "".join(f"%{byte:02X}" if byte <= 0x20 or byte >= 0x7F else chr(byte) for byte in "&".join(kept).encode())


def _tracks(name: str) -> bool:
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)


def _fragment(parts: SplitResult) -> str:
    """`#!` routes to a page on sites that were built so; any other fragment is a place on the same page."""
    return f"#{parts.fragment}" if parts.fragment.startswith("!") else ""
