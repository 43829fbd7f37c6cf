"""The consoles' door in memory: frames go from one side to the other without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from websockets.exceptions import ConnectionClosed, ConnectionClosedOK
from websockets.frames import Close, CloseCode
from websockets.protocol import State

from command.feed import Feed

_GOODBYE = Close(CloseCode.NORMAL_CLOSURE, "")


class Side:
    """One side of a console's connection: what of websockets the feed and a console use."""

    def __init__(self) -> None:
        self.other = self
        self._frames: asyncio.Queue[str | None] = asyncio.Queue()
        self._closed = asyncio.Event()

    @property
    def state(self) -> State:
        """Open or closed."""
        return State.CLOSED if self._closed.is_set() else State.OPEN

    @property
    def transport(self) -> Side:
        """There is nothing below it."""
        return self

    def get_write_buffer_size(self) -> int:
        """Bytes that the other side has not taken: a frame is handed over whole, and at once."""
        return 0

    async def send(self, message: str | bytes, *, text: bool = True) -> None:
        """Hand over a text frame. Raises ConnectionClosed."""
        assert text
        if self._closed.is_set():
            raise _closed()
        self.other.take(message if isinstance(message, str) else message.decode())
        await asyncio.sleep(0)

    def take(self, frame: str | None) -> None:
        """From the other side; None says that it has gone."""
        self._frames.put_nowait(frame)

    async def recv(self) -> str:
        """The next frame. Raises ConnectionClosed after the last."""
        frame = None if self._closed.is_set() else await self._frames.get()
        if frame is None:
            raise _closed()
        return frame

    async def __aiter__(self) -> AsyncIterator[str]:
        """Frames until it is closed."""
        try:
            while True:
                yield await self.recv()
        except ConnectionClosed:
            return

    async def close(self, code: int = CloseCode.NORMAL_CLOSURE, reason: str = "") -> None:  # noqa: ARG002
        """Both sides are closed."""
        self.abort()

    def abort(self) -> None:
        """Both sides are closed, at once."""
        for side in (self, self.other):
            if not side._closed.is_set():  # noqa: SLF001 - of the same class
                side._closed.set()  # noqa: SLF001
                side.take(None)

    async def wait_closed(self) -> None:
        """Until it is closed."""
        await self._closed.wait()


class MemoryDoor:
    """Where consoles come in while the feed serves."""

    def __init__(self) -> None:
        self._feed: Feed

    @asynccontextmanager
    async def listen(self, feed: Feed, _host: str, _port: int) -> AsyncIterator[int]:
        """For the feed, in the place of `command.feed.sockets`; there is no port."""
        self._feed = feed
        yield 0

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Side]:
        """A console's side of a new connection."""
        here, there = Side(), Side()
        here.other, there.other = there, here
        work = asyncio.create_task(self._feed.console(there), name="feed-console")
        try:
            yield here
        finally:
            here.abort()
            await asyncio.wait({work})


def _closed() -> ConnectionClosed:
    return ConnectionClosedOK(_GOODBYE, _GOODBYE, rcvd_then_sent=True)
