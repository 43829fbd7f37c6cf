"""The terminal, which may be slow, stuck or unseen; the one place that knows how Textual writes.

A terminal that stops reading stops the program: Textual's writer holds 30 writes, then blocks the
event loop, and with it feed and sound (6 s without reading made a gap of 3.75 s). Here the writer
never blocks, and while more than two writes wait nothing is drawn; when the line moves again the
whole screen is drawn once. BEL and title are left out for as long.
"""

from __future__ import annotations

import asyncio
import os
import select
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from typing import IO, Any

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key
from textual.message import Message

WAITING = 2  # writes: an update begun with, its text, its end
STOP_S = 1.0  # for a stuck terminal to take the last words
LOCAL_HZ, SSH_HZ, SLOW_HZ = 10.0, 4.0, 2.0  # CONSOLE.md section 5
SLOW_FLUSH_S = 0.05
ATTACHED_EVERY_S = 10.0
ATTACHED_WAIT_S = 3.0
ATTACHED_FORMAT = "#{session_attached} #{session_last_attached}"  # the second empty: never

SHOW_CURSOR, HIDE_CURSOR = "\x1b[?25h", "\x1b[?25l"


def rate(environment: Mapping[str, str], flush_s: float) -> float:
    """Drawings a second: 10 here, 4 over SSH, 2 on a line that takes over 50 ms for one."""
    if flush_s > SLOW_FLUSH_S:
        return SLOW_HZ
    return SSH_HZ if environment.get("SSH_CONNECTION") else LOCAL_HZ


class Writer(threading.Thread):
    """Writes to the terminal in the background; `write` never waits."""

    def __init__(self, file: IO[str]) -> None:
        super().__init__(daemon=True, name="console-output")
        self._file = file
        self._texts: deque[str | None] = deque()
        self._news = threading.Condition()
        self._busy_since: float | None = None
        self._flush_s = 0.0

    def write(self, text: str) -> None:
        """Queue it."""
        with self._news:
            self._texts.append(text)
            self._news.notify()

    @property
    def waiting(self) -> int:
        """Texts that the terminal has not taken."""
        with self._news:
            return len(self._texts) + (self._busy_since is not None)

    @property
    def flush_s(self) -> float:
        """How long the last text took, or how long this one has taken so far, if that is more."""
        busy = self._busy_since
        return max(self._flush_s, 0.0 if busy is None else time.monotonic() - busy)

    def run(self) -> None:
        """Until `stop`, or until the terminal is gone."""
        while (text := self._next()) is not None:
            began = time.monotonic()
            try:
                self._file.write(text)
                self._file.flush()
            except (OSError, ValueError):  # the line is gone: nobody is there to be told
                return
            with self._news:
                self._busy_since, self._flush_s = None, time.monotonic() - began

    def _next(self) -> str | None:
        with self._news:
            while not self._texts:
                self._news.wait()
            self._busy_since = time.monotonic()
            text = "".join(each for each in self._texts if each is not None)
            ended = self._texts[-1] is None
            self._texts.clear()
            if ended and text:
                self._texts.append(None)
            return text or (None if ended else "")

    def stop(self) -> None:
        """The last words, if the terminal takes them in time."""
        with self._news:
            self._texts.append(None)
            self._news.notify()
        self.join(STOP_S)


class SteadyDriver(LinuxDriver):
    """Textual's own driver, with a writer that does not block."""

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self.writer = Writer(self._file or sys.stderr)

    def start_application_mode(self) -> None:
        """As Textual does; its own writer stays idle."""
        if not self.writer.is_alive():
            self.writer = Writer(self._file or sys.stderr)
            self.writer.start()
        super().start_application_mode()  # type: ignore[no-untyped-call] # Textual's

    def stop_application_mode(self) -> None:
        """As Textual does; the window's title is no longer ours."""
        self.write(title(""))
        super().stop_application_mode()

    def process_message(self, message: Message) -> None:
        """From the thread that reads keys: the app is told at once that one is on its way."""
        if isinstance(message, Key) and isinstance(self._app, SteadyApp):
            self._app.key_comes()
        super().process_message(message)

    def write(self, data: str) -> None:
        """Never waits."""
        self.writer.write(data)

    def close(self) -> None:
        """Both writers end."""
        super().close()
        self.writer.stop()


class SteadyApp(App[int]):
    """An app that draws nothing while the terminal does not read."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._missed = False

    @property
    def steady(self) -> SteadyDriver | None:
        """Our driver; None in a test or in a browser."""
        return self._driver if isinstance(self._driver, SteadyDriver) else None

    def key_comes(self) -> None:
        """A key is on its way through Textual; called from another thread."""

    @property
    def stuck(self) -> bool:
        """More than two writes wait: the terminal does not read just now."""
        return self.steady is not None and self.steady.writer.waiting > WAITING

    @property
    def flush_s(self) -> float:
        """Seconds that the terminal took for the last drawing."""
        return self.steady.writer.flush_s if self.steady is not None else 0.0

    def _display(self, screen: Any, renderable: Any) -> None:
        """Textual's way to the terminal: each drawing goes through here."""
        if self.stuck:
            self._missed = True
            return
        super()._display(screen, renderable)

    def missed(self) -> bool:
        """Whether a drawing was left out, and the line moves again: the whole screen is due."""
        if self._missed and not self.stuck:
            self._missed = False
            return True
        return False

    def say_to_terminal(self, words: str) -> None:
        """A control sequence of our own; left out while the terminal does not read."""
        if self.steady is not None and not self.stuck:
            self.steady.write(words)

    def ring(self) -> None:
        """BEL, where somebody may hear it."""
        if not self.stuck:
            self.bell()


def title(words: str) -> str:
    """OSC 0: the window's title. Only our own words come in here."""
    return f"\x1b]0;{words}\x07"


async def attached(environment: Mapping[str, str]) -> bool:
    """Whether anybody sees the screen: inside tmux, whether a client is attached.

    True where that cannot be told, and in a session that nobody was ever attached to: there a
    program reads the screen, not an officer who went away.
    """
    if not environment.get("TMUX"):
        return True
    pane = environment.get("TMUX_PANE", "")
    target = ["-t", pane] if pane else []
    argv = ["tmux", "display-message", "-p", *target, ATTACHED_FORMAT]
    try:
        async with asyncio.timeout(ATTACHED_WAIT_S):
            return not await _says_nobody(argv, environment)
    except (OSError, TimeoutError):
        return True


async def _says_nobody(argv: list[str], environment: Mapping[str, str]) -> bool:
    process = await asyncio.create_subprocess_exec(
        *argv,
        env={**environment},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        said, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    now, *last = said.split() or [b""]
    return process.returncode == 0 and now == b"0" and bool(last)


def gone(descriptor: int) -> bool:
    """Whether the other end of the terminal is closed: then nobody will ever read or type again.

    A signal says so only where the program has a controlling terminal. False where it is no
    terminal at all.
    """
    poll = select.poll()
    try:
        poll.register(descriptor, 0)
        return any(events & select.POLLHUP for _, events in poll.poll(0))
    except (OSError, ValueError):
        return False


def has_chinese(environment: Mapping[str, str]) -> bool:
    """The kernel's own console has 512 glyphs, and none of them is Chinese."""
    return environment.get("TERM") != "linux"


def driver_class() -> type[SteadyDriver] | None:
    """Our driver; None where Textual is told to use another one (in a browser)."""
    return None if os.environ.get("TEXTUAL_DRIVER") else SteadyDriver
