"""Which addresses may be connected to: public ones, and what the operator allowed by name.

A feed's URL comes from strangers, and so do every redirect and the address of a webhook; none of them may make us speak
to the machine's own or its neighbours' services.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address

_NAT64 = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))
_SIX_TO_FOUR_RELAY = ip_network("192.88.99.0/24")
_SIX_TO_FOUR = ip_network("2002::/16")
"""Given up by RFC 7526: what still answers there is nobody's public server."""


def why_refused(address: Address) -> str | None:
    """What kind of address it is that may not be connected to; None for a public one.

    An IPv4 address inside an IPv6 one (mapped, compatible, 6to4, Teredo, NAT64) counts as itself.
    """
    if isinstance(address, IPv6Address):
        if address.scope_id:
            return "link-local"
        for inner in _embedded(address):
            if reason := why_refused(inner):
                return reason
    kinds = (
        ("unspecified", address.is_unspecified),
        ("loopback", address.is_loopback),
        ("link-local", address.is_link_local),
        ("multicast", address.is_multicast),
        ("site-local", isinstance(address, IPv6Address) and address.is_site_local),
        ("6to4", address in _SIX_TO_FOUR),
        ("private", address.is_private),
        ("reserved", address.is_reserved and not _is_nat64(address)),
        ("not public", not (address.is_global or _is_nat64(address)) or address in _SIX_TO_FOUR_RELAY),
    )
    return next((kind for kind, applies in kinds if applies), None)


def first_allowed(host: str, addresses: Iterable[str], allowed: frozenset[str]) -> list[Address]:
    """The addresses of `host` that may be connected to, in order. Raises `AddressRefused` where there is none.

    One bad address among good ones refuses all: a name that points inside and outside at once is an attack.
    """
    found = [ip_address(address) for address in addresses]
    if host.lower() in allowed:
        return found
    for address in found:
        reason = why_refused(address)
        if reason and str(address) not in allowed:
            raise AddressRefused(
                f"{host} is at {address}, a {reason} address, which is not connected to;"
                f" if that is wanted, add {host} to DATELINE_ALLOW_HOSTS"
            )
    return found


class AddressRefused(Exception):
    """There may be no connection to this address. The message says why, and what to do."""


def _embedded(address: IPv6Address) -> list[IPv4Address]:
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if int(address) >> 32 == 0 and int(address) > 1:
        found.append(IPv4Address(int(address)))
    if _is_nat64(address):
        found.append(IPv4Address(int(address) & 0xFFFF_FFFF))
    return [inner for inner in found if inner is not None]


def _is_nat64(address: Address) -> bool:
    return any(address in network for network in _NAT64)
