"""The store in memory as the tests of the log see it: beside real ones, and open to meddling."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import store_servers
from redis.exceptions import ConnectionError as RedisConnectionError
from store_servers import KINDS, Store, a_proxy

from command.log import Log
from command.store import Script, Word
from simulations.memory.store import MemoryLine, MemoryStore, Stream

MEMORY = "memory"
ALL_KINDS = (*KINDS, MEMORY)


class MemoryServer(MemoryStore):
    """`lose` replies are lost after the command has run, as with the proxy before a server."""

    def __init__(self) -> None:
        super().__init__(time.monotonic)
        self.lose = self.lost = 0

    def line(self, answer_s: float) -> MemoryLine:
        return Forgetful(self)

    def client(self) -> Client:
        return Client(self)


class Forgetful(MemoryLine):
    """A line on which replies are lost."""

    def __init__(self, server: MemoryServer) -> None:
        super().__init__(server)
        self._server = server

    async def run(self, lua: Script, keys: Sequence[bytes], *args: Word) -> Any:
        reply = await super().run(lua, keys, *args)
        if self._server.lose:
            self._server.lose -= 1
            self._server.lost += 1
            raise RedisConnectionError("the reply is lost")
        return reply


class Client:
    """What the tests ask of a plain client, as redis-py answers."""

    def __init__(self, server: MemoryServer) -> None:
        self._server = server
        self._values = server.values

    def _stream(self, key: str) -> Stream:
        value = self._values.setdefault(key.encode(), Stream())
        assert isinstance(value, Stream)
        return value

    def _hash(self, key: str) -> dict[bytes, bytes]:
        value = self._values[key.encode()]
        assert isinstance(value, dict)
        return value

    def get(self, key: str) -> Any:
        return self._values.get(key.encode())

    def set(self, key: str, value: str | bytes) -> None:
        self._server.ends.pop(key.encode(), None)
        self._values[key.encode()] = value if isinstance(value, bytes) else value.encode()

    def exists(self, key: str) -> int:
        return int(key.encode() in self._values)

    def delete(self, key: str) -> None:
        self._values.pop(key.encode(), None)
        self._server.ends.pop(key.encode(), None)

    def lpush(self, key: str, value: str) -> None:
        self._values[key.encode()] = {value.encode(): b""}  # of another type, whichever

    def flushall(self) -> None:
        self._values.clear()
        self._server.ends.clear()

    def xlen(self, key: str) -> int:
        return len(self._stream(key).entries)

    def xrange(self, key: str) -> list[tuple[bytes, dict[bytes, bytes]]]:
        return [
            (b"%d-0" % number, dict(zip(fields[::2], fields[1::2], strict=True)))
            for number, fields in self._stream(key).entries
        ]

    def xtrim(self, key: str, *, maxlen: int, approximate: bool) -> None:
        assert not maxlen
        assert not approximate
        self._stream(key).entries.clear()

    def xadd(self, key: str, fields: Mapping[str, str]) -> None:
        words = [word.encode() for pair in fields.items() for word in pair]
        self._stream(key).add(int(time.time() * 1000), words)

    def xdel(self, key: str, ident: str) -> None:
        stream = self._stream(key)
        del stream.entries[stream.before(int(ident.partition("-")[0]))]

    def hset(self, key: str, field: str, value: bytes) -> None:
        self._hash(key)[field.encode()] = value

    def hdel(self, key: str, field: str) -> None:
        del self._hash(key)[field.encode()]


AnyStore = Store | MemoryServer


@contextmanager
def running(kind: str) -> Iterator[AnyStore]:
    """A store of this kind, until the end of the block."""
    if kind == MEMORY:
        yield MemoryServer()
        return
    with store_servers.running(kind) as server:
        yield server


@asynccontextmanager
async def a_log(store: AnyStore | store_servers.Proxy) -> AsyncIterator[Log]:
    """A log of fs/jingming there."""
    if isinstance(store, MemoryServer):
        yield Log(store, "fs", "jingming")
        return
    async with store_servers.a_log(store.url) as log:
        yield log


@asynccontextmanager
async def a_forgetful(store: AnyStore) -> AsyncIterator[MemoryServer | store_servers.Proxy]:
    """The same store, that loses `lose` replies."""
    if isinstance(store, MemoryServer):
        yield store
        return
    async with a_proxy(store) as proxy:
        yield proxy
