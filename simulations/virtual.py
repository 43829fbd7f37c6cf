"""An event loop whose time leaps to the next timer when nothing is ready: asyncio, unchanged.

All that sleeps, times out or asks this loop's `time()` lives in virtual seconds, and a day of them
passes in as long as its work takes. Nothing but the loop moves the time, so the same program runs
the same way every time. What waits for a socket, a thread or a process does not belong here: while
nothing is ready the clock would run away from it.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class StandstillError(RuntimeError):
    """Every task waits for another, and no timer is set: in real life this would hang for ever."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """Begins at 0.0 seconds."""

    def __init__(self) -> None:
        self._passed_s = 0.0
        super().__init__(_Leaping(self._leap))

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._passed_s

    def _leap(self, seconds: float) -> None:
        self._passed_s += seconds


class _Leaping(selectors.DefaultSelector):
    """Asks the system what is ready, and never waits for it."""

    def __init__(self, leap: Callable[[float], None]) -> None:
        super().__init__()
        self._leap = leap

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout <= 0:
            return []  # there is work at this very moment
        ready = super().select(0)
        if not ready and timeout is None:
            raise StandstillError("nothing is ready, and no timer is set")
        if not ready:
            self._leap(timeout or 0.0)
        return ready


def run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """What `work` returns, run on a virtual clock of its own."""
    found: list[T] = []

    # Not as the task's own result: when the loop is done, `signal` makes a text of its handler and
    # with it of the task and all that it returned, and a whole world takes seconds to be told.
    async def keep() -> None:
        found.append(await work())

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(keep())
    return found[0]
