"""Lines typed or piped into the program, as an asyncio queue.

A thread with select, because neither of the usual ways will do: an event loop cannot watch a
regular file, and making a terminal non-blocking makes its output non-blocking too.
"""

from __future__ import annotations

import asyncio
import os
import select
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

LONGEST_LINE = 8192  # bytes


class Keyboard:
    """Lines of file descriptor `fd` in `lines`; None is the end of input.

    `fd` None: the program was started without standard input. Never give a number then: the next
    file or socket to be opened gets it.
    """

    def __init__(self, fd: int | None) -> None:
        self.lines: asyncio.Queue[str | None] = asyncio.Queue()
        self.held_a_line = False
        self._wake_r, self._wake_w = os.pipe()
        self._thread = threading.Thread(
            target=_pump,
            args=(fd, self._wake_r, self._hand_over(asyncio.get_running_loop())),
            name="keyboard",
            daemon=True,
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.write(self._wake_w, b"x")
        self._thread.join()
        os.close(self._wake_r)
        os.close(self._wake_w)

    def _hand_over(self, loop: asyncio.AbstractEventLoop) -> Callable[[str | None], None]:
        def put(line: str | None) -> None:
            self.held_a_line = self.held_a_line or line is not None
            loop.call_soon_threadsafe(self.lines.put_nowait, line)

        return put


def _pump(fd: int | None, wake: int, put: Callable[[str | None], None]) -> None:
    rest = b""
    while True:
        block = _read(fd, wake)
        if block is None:
            return
        *lines, rest = (rest + block).split(b"\n")
        rest = rest[: LONGEST_LINE + 1]
        if not block and rest:
            lines.append(rest)
        for line in lines:
            put(line.decode("utf-8", "replace"))
        if not block:
            put(None)
            return


def _read(fd: int | None, wake: int) -> bytes | None:
    """A block, b"" at the end of input (or when there is none), None when told to stop."""
    if fd is None:
        return b""
    try:
        ready, _, _ = select.select([fd, wake], [], [])
        return None if wake in ready else os.read(fd, 65536)
    except OSError:
        return b""  # the terminal went away: nobody types any more
