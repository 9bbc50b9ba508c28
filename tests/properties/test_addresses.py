"""The canonical form of a URL is one that stays, for any URL."""

from hypothesis import given
from hypothesis import strategies as st

from services.contracts.address_key import address_key
from services.contracts.canonical import canonical_url, host_of
from tests.properties.texts import anything

_PARTS = ("..", ".", "%2E%2e", "%zz", "a b", "é", "a;jsessionid=1", "%", "index.html", "北京", "")
_QUERIES = (
    "utm_source=x",
    "id=1",
    "a=%41",
    "fbclid=2",
    "=",
    "q=%zz",
    "url=https://e.example/?utm_a=1",
    "é=ü",
    "",
)
_HOSTS = ("e.example", "WWW.E.EXAMPLE.", "bücher.example", "[::1]", "127.0.0.1", "www.google.com", "a_b.example")

urls = st.builds(
    lambda scheme, host, port, path, query, fragment: (
        f"{scheme}://{host}{port}/{'/'.join(path)}{'?' if query else ''}{'&'.join(query)}{fragment}"
    ),
    st.sampled_from(("http", "HTTPS", "https")),
    st.sampled_from(_HOSTS),
    st.sampled_from(("", ":80", ":443", ":8080")),
    st.lists(st.sampled_from(_PARTS), max_size=5),
    st.lists(st.sampled_from(_QUERIES), max_size=4),
    st.sampled_from(("", "#top", "#!/page", "#/a/b", "#!?_escaped")),
)


@given(urls | anything | anything.map("https://e.example/{}".format) | anything.map("https://{}/".format))
def test_a_canonical_url_is_its_own_canonical_form(url: str) -> None:
    canonical = canonical_url(url)
    if canonical is not None:
        assert canonical_url(canonical) == canonical
        assert host_of(canonical)
        canonical.encode("ascii")
        assert address_key(canonical) == address_key(canonical_url(canonical) or "")


@given(urls)
def test_where_a_link_came_from_does_not_change_what_it_is(url: str) -> None:
    place, hash_, fragment = url.partition("#")
    joined = "&" if "?" in place else "?"
    assert canonical_url(f"{place}{joined}utm_campaign=spring{hash_}{fragment}") == canonical_url(url)
