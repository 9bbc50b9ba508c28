"""Which ports may be connected to: all but those of services that are not HTTP.

A line of HTTP is a line of mail, chat or commands to a server of another kind; a URL must not make us send it.
"""

from services.wire.addresses import AddressRefused

_BAD = frozenset((
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103,
    104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514,
    515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723,
    2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
))  # fmt: skip
"""The "bad ports" of https://fetch.spec.whatwg.org/#port-blocking, which browsers refuse."""

_STORES = frozenset((6379, 11211))
"""Redis and memcached pass over lines that they do not understand, and carry out the others."""


class PortRefused(AddressRefused):
    """The URL has a port that belongs to another service than HTTP."""

    def __init__(self, port: int) -> None:
        super().__init__(f"port {port} belongs to another service than HTTP and is not connected to; check the address")


def check_port(port: int) -> None:
    """Raises `PortRefused`."""
    if port in _BAD or port in _STORES:
        raise PortRefused(port)
