"""Where the broker is: one server, a primary that sentinels name, or a cluster; and with what credentials."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from pydantic import GetCoreSchemaHandler, SecretStr, SerializationInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema
from redis.asyncio.connection import ConnectionPool, parse_url

FORMS = (
    "redis://127.0.0.1:6379/0, unix:///run/redis.sock?db=0, "
    "redis+sentinel://host1:26379,host2:26379/mymaster?db=0 or redis+cluster://host1:6379,host2:6379; "
    "with TLS rediss:// in place of redis://"
)
"""What a URL looks like, for whoever wrote one that does not."""

_SHAPE = re.compile(r"^(?P<scheme>rediss?)\+(?P<kind>sentinel|cluster)://(?:(?P<secret>.*)@)?(?P<hosts>[^/?#@]*)")
_PORTS = {"sentinel": 26379, "cluster": 6379}
_OF_SENTINELS = ("sentinel_username", "sentinel_password")
_SECRETS = re.compile(r"(?<=://)[^/]*@|(?<=password=)[^&]+")
_SLOT = re.compile(r"^[^{]*\{[^}]+\}")


class Kind(StrEnum):
    SERVER = "server"
    SENTINEL = "sentinel"
    CLUSTER = "cluster"


@dataclass(frozen=True, slots=True)
class BrokerUrl:
    """`places` are the sentinels, or nodes of the cluster to begin with. `str()` and `repr()` leave passwords out.

    `plain` is what redis-py takes for one server: the server itself, or the credentials and options that all nodes of
    a trio or a cluster have in common (its host means nothing then).
    """

    kind: Kind
    plain: str = field(repr=False)
    shown: str
    places: tuple[tuple[str, int], ...] = ()
    name: str = ""
    sentinel_login: Mapping[str, str] = field(default_factory=dict, repr=False)
    secret: str = field(default="", repr=False)
    """The whole URL, to be handed on to a process of ours."""

    def __str__(self) -> str:
        return self.shown

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises `ValueError` that says what a URL looks like, and no password."""
        try:
            return cls._one_of_several(text, found) if (found := _SHAPE.match(text)) else cls._server(text)
        except ValueError as error:
            raise ValueError(f"{error}; a URL of the broker looks like {FORMS}") from None

    @classmethod
    def _server(cls, text: str) -> Self:
        parts = urlsplit(text)
        if parts.scheme not in ("redis", "rediss", "unix"):
            raise ValueError(f"{parts.scheme}:// is no Redis" if parts.scheme else "it has no scheme")
        if "," in parts.netloc.rpartition("@")[2]:
            raise ValueError("it names several hosts, and neither sentinels nor a cluster")
        if parts.scheme == "unix" and not parts.path:
            raise ValueError("it names no socket")
        if parts.scheme != "unix" and not re.fullmatch(r"/?\d*", parts.path):
            raise ValueError(f"{parts.path} is no number of a database")
        _options(text)
        return cls(Kind.SERVER, text, without_password(text), secret=text)

    @classmethod
    def _one_of_several(cls, text: str, found: re.Match[str]) -> Self:
        kind, parts = Kind(found["kind"]), urlsplit(text)
        places = tuple(_place(host, _PORTS[kind]) for host in found["hosts"].split(",") if host)
        if not places:
            raise ValueError("it names no host")
        options = dict(parse_qsl(parts.query))
        name, db = unquote(parts.path.strip("/")), options.pop("db", "0")
        if kind is Kind.SENTINEL and (not name or "/" in name):
            raise ValueError("it must name the primary that the sentinels watch after the hosts, such as /mymaster")
        if kind is Kind.CLUSTER and (name not in ("", "0") or db != "0"):
            raise ValueError("a cluster has no other database than 0, and no name")
        login = {key.removeprefix("sentinel_"): options.pop(key) for key in _OF_SENTINELS if key in options}
        if login and kind is Kind.CLUSTER:
            raise ValueError("a cluster has no sentinels")
        secret = f"{found['secret']}@" if found["secret"] is not None else ""
        plain = f"{found['scheme']}://{secret}127.0.0.1/{db}" + (f"?{urlencode(options)}" if options else "")
        _options(plain)
        return cls(kind, plain, without_password(text), places, name if kind is Kind.SENTINEL else "", login, text)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls._validated,
            serialization=core_schema.plain_serializer_function_ser_schema(_dumped, info_arg=True),
        )

    @classmethod
    def _validated(cls, value: object) -> Self:
        if isinstance(value, cls):
            return value
        try:
            return cls.parse(value.get_secret_value() if isinstance(value, SecretStr) else str(value))
        except ValueError as error:
            raise PydanticCustomError("broker_url", "{reason}", {"reason": str(error)}) from None

    def options(self) -> dict[str, Any]:
        """The keyword arguments of a connection of redis-py, without where it goes to."""
        options = _options(self.plain)
        return {name: value for name, value in options.items() if name not in ("host", "port")}


def without_password(text: str) -> str:
    """A URL, good or bad, as it may be shown."""
    return _SECRETS.sub(lambda match: "" if match[0].endswith("@") else "…", text)


def check_prefix(url: BrokerUrl, prefix: str) -> None:
    """Raises `ValueError` where the keys that begin with it would be scattered over the slots of a cluster."""
    if url.kind is Kind.CLUSTER and not _SLOT.match(prefix):
        raise ValueError(
            "in a cluster all keys of a wire must be in one slot, so a part of their prefix must be in braces: "
            f"set DATELINE_STREAM_PREFIX={{{prefix}}}"
        )


def _dumped(url: BrokerUrl, how: SerializationInfo) -> object:
    """As JSON it is shown; in Python it can be read again."""
    return str(url) if how.mode_is_json() else SecretStr(url.secret)


def _options(plain: str) -> dict[str, Any]:
    try:
        # It connects to nothing, but knows its options.
        ConnectionPool.from_url(plain).make_connection()  # type: ignore[no-untyped-call]
        return dict(parse_url(plain))
    except ValueError as error:
        raise ValueError(without_password(str(error))) from None
    except TypeError as error:  # of a call with an argument that does not exist
        raise ValueError(f"it has an option that a connection does not have: {str(error).split()[-1]}") from None


def _place(text: str, port: int) -> tuple[str, int]:
    parts = urlsplit(f"//{text}")
    try:
        number = parts.port
    except ValueError:
        raise ValueError(f"{text!r} has no port from 1 to 65535") from None
    if not parts.hostname:
        raise ValueError(f"{text!r} is no host")
    return parts.hostname, number or port
