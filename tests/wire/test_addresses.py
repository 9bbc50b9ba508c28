"""Which addresses may be connected to."""

from ipaddress import ip_address

import pytest

from services.wire.addresses import AddressRefused, first_allowed, why_refused

NOBODY: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("127.0.0.1", "loopback"),
        ("127.8.8.8", "loopback"),
        ("::1", "loopback"),
        ("0.0.0.0", "unspecified"),
        ("::", "unspecified"),
        ("10.1.2.3", "private"),
        ("172.16.0.1", "private"),
        ("192.168.0.1", "private"),
        ("fd00::1", "private"),
        ("169.254.169.254", "link-local"),
        ("fe80::1", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("fec0::1", "site-local"),
        ("224.0.0.1", "multicast"),
        ("ff02::1", "multicast"),
        ("100.64.0.1", "not public"),
        ("192.0.2.1", "private"),
        ("198.18.0.1", "private"),
        ("240.0.0.1", "private"),
        ("255.255.255.255", "private"),
        ("::ffff:127.0.0.1", "loopback"),
        ("::ffff:10.0.0.1", "private"),
        ("::127.0.0.1", "loopback"),
        ("2002:7f00:1::", "loopback"),
        ("64:ff9b::a00:1", "private"),
        ("2001:db8::1", "private"),
        ("93.184.216.34", None),
        ("2606:2800:220:1::1", None),
        ("64:ff9b::5db8:d822", None),
        ("2002:5db8:d822::", "6to4"),
    ],
)
def test_only_public_addresses_are_connected_to(address: str, kind: str | None) -> None:
    assert why_refused(ip_address(address)) == kind


def test_one_inner_address_among_public_ones_refuses_all() -> None:
    with pytest.raises(AddressRefused, match=r"loopback.*DATELINE_ALLOW_HOSTS"):
        first_allowed("e.example", ["93.184.216.34", "127.0.0.1"], NOBODY)


def test_a_host_may_be_allowed_by_name_or_by_address() -> None:
    assert first_allowed("Feeds.internal", ["10.0.0.1"], frozenset({"feeds.internal"})) == [ip_address("10.0.0.1")]
    assert first_allowed("other", ["10.0.0.1"], frozenset({"10.0.0.1"})) == [ip_address("10.0.0.1")]
    with pytest.raises(AddressRefused):
        first_allowed("other", ["10.0.0.2"], frozenset({"feeds.internal", "10.0.0.1"}))
