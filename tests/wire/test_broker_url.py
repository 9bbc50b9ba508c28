"""What a URL of the broker says, and what is said of one that is none."""

import subprocess
import sys

import pytest
from pydantic import ValidationError

from services.wire.broker_url import FORMS, BrokerUrl, Kind, check_prefix
from services.wire.settings import WireSettings


@pytest.mark.parametrize(
    ("text", "kind", "places", "name", "options"),
    [
        ("redis://h:6380/2", Kind.SERVER, (), "", {"db": 2}),
        ("redis://:p%40w@h", Kind.SERVER, (), "", {"password": "p@w"}),
        ("unix:///run/redis.sock?db=1", Kind.SERVER, (), "", {"db": 1, "path": "/run/redis.sock"}),
        (
            "redis+sentinel://user:pw@h1:26380,h2/mymaster?db=3",
            Kind.SENTINEL,
            (("h1", 26380), ("h2", 26379)),
            "mymaster",
            {"db": 3, "username": "user", "password": "pw"},
        ),
        ("redis+cluster://h1:7001,[::1]:7002", Kind.CLUSTER, (("h1", 7001), ("::1", 7002)), "", {"db": 0}),
        (
            "redis+cluster://:p@ss@h1?socket_timeout=2.5",
            Kind.CLUSTER,
            (("h1", 6379),),
            "",
            {"db": 0, "password": "p@ss", "socket_timeout": 2.5},
        ),
    ],
)
def test_a_url_says_where_the_broker_is(
    text: str, kind: Kind, places: tuple[tuple[str, int], ...], name: str, options: dict[str, object]
) -> None:
    url = BrokerUrl.parse(text)
    assert (url.kind, url.places, url.name) == (kind, places, name)
    assert {key: value for key, value in url.options().items() if key != "connection_class"} == options
    assert url.secret == text


@pytest.mark.parametrize("text", ["rediss://h", "rediss+sentinel://h/name", "rediss+cluster://h"])
def test_a_double_s_means_tls(text: str) -> None:
    assert BrokerUrl.parse(text + "?ssl_ca_certs=/etc/ca.pem").options()["ssl_ca_certs"] == "/etc/ca.pem"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it has no scheme"),
        ("http://h", "http:// is no Redis"),
        ("redis://:hush@h1,h2/0", "it names several hosts, and neither sentinels nor a cluster"),
        ("redis://:hush@h/mymaster", "/mymaster is no number of a database"),
        ("redis://:hush@h:70000", "Port out of range"),
        ("redis://:hush@h?colour=blue", "an option that a connection does not have: 'colour'"),
        ("redis+sentinel://:hush@h1,h2", "it must name the primary that the sentinels watch"),
        ("redis+sentinel://:hush@h:x/name", "'h:x' has no port from 1 to 65535"),
        ("redis+cluster://:hush@h/1", "a cluster has no other database than 0"),
        ("redis+cluster://:hush@h?sentinel_password=hush", "a cluster has no sentinels"),
        ("redis+cluster://", "it names no host"),
        ("redis+clusters://:hush@h", "redis+clusters:// is no Redis"),
    ],
)
def test_a_bad_url_is_answered_with_what_one_looks_like_and_without_its_password(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=r".") as raised:
        BrokerUrl.parse(text)
    assert why in str(raised.value)
    assert FORMS in str(raised.value)
    assert "hush" not in str(raised.value).removesuffix(FORMS)


@pytest.mark.parametrize(
    "text",
    [
        "redis://user:hush@h:6379/0",
        "redis://user:p@hush@h:6379/0",
        "redis+sentinel://:hush@h1,h2/name?sentinel_password=hush",
        "rediss+cluster://user:hush@h1,h2",
        "unix:///run/redis.sock?password=hush",
    ],
)
def test_a_password_is_not_shown(text: str) -> None:
    url = BrokerUrl.parse(text)
    settings = WireSettings(redis_url=url, stream_prefix="{dateline}")
    for shown in (str(url), repr(url), repr(settings), str(settings.model_dump()), settings.model_dump_json()):
        assert "hush" not in shown
    assert WireSettings.model_validate(settings.model_dump()).redis_url == url


def test_keys_of_a_cluster_must_share_a_slot() -> None:
    cluster, one = BrokerUrl.parse("redis+cluster://h"), BrokerUrl.parse("redis://h")
    for prefix in ("{dateline}", "news.{sport}", "{a}{b}"):
        check_prefix(cluster, prefix)
    for prefix in ("dateline", "{}dateline", "}{", "{dateline"):
        check_prefix(one, prefix)
        with pytest.raises(ValueError, match="must be in braces"):
            check_prefix(cluster, prefix)
    with pytest.raises(ValidationError, match=r"set DATELINE_STREAM_PREFIX=\{dateline\}"):
        WireSettings(redis_url=cluster)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"DATELINE_REDIS_URL": "redis+clusters://:hush@h"}, "DATELINE_REDIS_URL='redis+clusters://h': "),
        ({"DATELINE_REDIS_URL": "redis+cluster://:hush@h"}, "set DATELINE_STREAM_PREFIX={dateline}"),
    ],
)
def test_a_service_that_is_told_wrongly_ends_with_status_2(environment: dict[str, str], said: str) -> None:
    command = [sys.executable, "-m", "services.ingest"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "hush" not in ended.stderr
