"""The only place that reads a clock. Wall time at the start, then monotonic: no step can reach us.

A drill's clock runs `speed` times faster; time-outs of the network never go through it.
"""

from __future__ import annotations

import asyncio
import time


class Clock:
    """POSIX seconds, rounded to milliseconds, never going back.

    `speed` is how many seconds of this clock pass in one real second.
    """

    def __init__(self, speed: float = 1.0, start: float | None = None) -> None:
        self.speed = speed
        self._start = time.time() if start is None else start
        self._mark = time.monotonic()
        self._floor = 0.0

    def now(self) -> float:
        """This clock's time, POSIX seconds."""
        elapsed = (time.monotonic() - self._mark) * self.speed
        self._floor = max(self._floor, round(self._start + elapsed, 3))
        return self._floor

    def not_before(self, moment: float) -> None:
        """Never report a time earlier than `moment` (the last time in the log)."""
        self._floor = max(self._floor, moment)

    def wall_step(self) -> float:
        """Seconds by which the wall clock has left this one since the start; 0 in a drill."""
        if self.speed != 1.0:
            return 0.0
        return time.time() - (self._start + time.monotonic() - self._mark)

    async def sleep(self, seconds: float) -> None:
        """Wait `seconds` of this clock."""
        await asyncio.sleep(max(0.0, seconds) / self.speed)
