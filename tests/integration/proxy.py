"""A TCP proxy that a test makes slow, deaf or broken: the line between a console and its post."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

HOST = "127.0.0.1"


class Proxy:
    """`target` is a port on loopback; it may change. Bytes cross after `delay_s`, if at all.

    `deaf_up`: what the console says is thrown away; `stalled`: nothing crosses in either way.
    """

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self.delay_s = 0.0
        self.deaf_up = False
        self.connections = 0
        self._running = asyncio.Event()
        self._running.set()
        self._open = True
        self._writers: set[asyncio.StreamWriter] = set()

    @property
    def stalled(self) -> bool:
        return not self._running.is_set()

    @stalled.setter
    def stalled(self, value: bool) -> None:
        if value:
            self._running.clear()
        else:
            self._running.set()

    def refuse(self) -> None:
        """No new connections, and none of the old ones."""
        self._open = False
        self.cut()

    def accept(self) -> None:
        self._open = True

    def cut(self) -> None:
        """As a cable that is pulled: all connections, in the middle of whatever they say."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def serve(self, up: asyncio.StreamReader, down: asyncio.StreamWriter) -> None:
        self.connections += 1
        if not self._open:
            down.transport.abort()
            return
        try:
            there, back = await asyncio.open_connection(HOST, self.target)
        except OSError:
            down.transport.abort()
            return
        self._writers |= {down, back}
        try:
            await asyncio.gather(self._carry(up, back, upward=True), self._carry(there, down))
        finally:
            for writer in (down, back):
                self._writers.discard(writer)
                writer.transport.abort()

    async def _carry(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, upward: bool = False
    ) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                await self._running.wait()
                if self.delay_s:
                    await asyncio.sleep(self.delay_s)
                if not (upward and self.deaf_up):
                    sink.write(data)
                    await sink.drain()
        sink.transport.abort()


@asynccontextmanager
async def proxied(target: int) -> AsyncIterator[Proxy]:
    proxy = Proxy(target)
    server = await asyncio.start_server(proxy.serve, HOST, 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        proxy.stalled = False
        proxy.refuse()
        server.close()
