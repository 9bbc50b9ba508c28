"""Which publisher a URL belongs to, as far as politeness goes.

A site is a registrable domain (`feeds.e.co.uk` and `www.e.co.uk` are `e.co.uk`) or else the host itself.
"""

from functools import cache, lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList


def host_of(url: str) -> str:
    """The host in lower case; the URL itself where it has none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return url


def site_of(url: str) -> str:
    return _site(host_of(url))


@lru_cache(maxsize=100_000)
def _site(host: str) -> str:
    try:
        return str(ip_address(host))
    except ValueError:
        return _suffixes().privatesuffix(host) or host


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
