"""Which URLs are of one publisher."""

import pytest

from services.ingest.sites import host_of, site_of


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://feeds.e.co.uk/a", "http://www.E.co.uk:8080/b", True),
        ("https://e.co.uk/", "https://e.co.uk./", True),
        ("https://e.co.uk/", "https://f.co.uk/", False),
        ("https://one.github.io/", "https://two.github.io/", False),
        ("http://192.0.2.1/", "http://192.0.2.1/b", True),
        ("http://192.0.2.1/", "http://192.0.3.1/", False),
        ("http://[2001:db8::1]/", "http://[2001:0db8::1]/b", True),
        ("http://intranet/a", "http://intranet/b", True),
        ("http://intranet/a", "http://other/b", False),
    ],
)
def test_a_site_is_a_registrable_domain_or_a_host(one: str, other: str, same: bool) -> None:
    assert (site_of(one) == site_of(other)) is same


def test_what_has_no_host_is_a_site_of_its_own() -> None:
    assert host_of("http://[broken") == "http://[broken"
