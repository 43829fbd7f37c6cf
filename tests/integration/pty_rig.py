"""A console on a pseudo terminal that the test reads, or does not read."""

from __future__ import annotations

import asyncio
import fcntl
import os
import pty
import struct
import sys
import termios
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

HOME = Path(__file__).parents[2]


class Terminal:
    """Its bytes are collected in `seen` while it reads."""

    def __init__(self, master: int, process: Process) -> None:
        self.process = process
        self.seen = bytearray()
        self._master = master
        self._loop = asyncio.get_running_loop()
        self.read()

    def read(self) -> None:
        """Take what comes, from now on."""
        self._loop.add_reader(self._master, self._take)

    def stall(self) -> None:
        """Take nothing: as a window that is gone, or Ctrl-S."""
        if self._master >= 0:
            self._loop.remove_reader(self._master)

    def vanish(self) -> None:
        """The window is closed; no signal tells of it."""
        self.stall()
        os.close(self._master)
        self._master = -1

    def close(self) -> None:
        """At the end, if it is there still."""
        if self._master >= 0:
            self.vanish()

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def resize(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    async def until(self, words: str | Callable[[bytes], bool], start: int = 0) -> None:
        """Until the terminal was sent this."""
        if isinstance(words, str):
            wanted = words.encode()
            fact: Callable[[bytes], bool] = lambda seen: wanted in seen  # noqa: E731
        else:
            fact = words
        while not fact(bytes(self.seen[start:])):
            assert self.process.returncode is None, self.seen[-3000:].decode(errors="replace")
            await asyncio.sleep(0.01)

    def _take(self) -> None:
        try:
            self.seen += os.read(self._master, 65536)
        except OSError:  # the other end is closed
            self.stall()


@asynccontextmanager
async def on_a_terminal(
    tmp_path: Path,
    *argv: str,
    size: tuple[int, int] = (160, 45),
    variables: dict[str, str] | None = None,
) -> AsyncIterator[Terminal]:
    """`python argv…` with a terminal as stdin, stdout and stderr; killed at the end."""
    master, slave = pty.openpty()
    columns, lines = size
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    environment = {
        "PATH": os.environ["PATH"], "HOME": str(tmp_path), "TERM": "xterm-256color",
        "LANG": "C.UTF-8", "PYTHONPATH": str(HOME),
    }  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *argv),
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environment | (variables or {}),
        cwd=HOME,
        start_new_session=True,
    )
    os.close(slave)
    terminal = Terminal(master, process)
    try:
        yield terminal
    finally:
        terminal.stall()
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        terminal.close()
