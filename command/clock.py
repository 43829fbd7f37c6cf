"""The only place that reads a clock. Wall time at the start, then monotonic: no step can reach us.

A drill's clock runs `speed` times faster; time-outs of the network never go through it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

# A machine that was put to sleep for an hour has lost its lease, and its deadlines have passed: the
# usual monotonic clock of Linux would not count that hour.
_SINCE_BOOT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def elapsed() -> float:
    """Seconds since the machine started; no step of the wall clock reaches them."""
    return time.clock_gettime(_SINCE_BOOT)


class Clock:
    """POSIX seconds, rounded to milliseconds, never going back.

    `speed` is how many seconds of this clock pass in one real second; `start` where a drill's clock
    begins. `wall` and `monotonic` are the machine's clocks.
    """

    def __init__(
        self,
        speed: float = 1.0,
        start: float | None = None,
        *,
        wall: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = elapsed,
    ) -> None:
        self.speed = speed
        self._wall, self._monotonic = wall, monotonic
        self._real = start is None and speed == 1.0
        self._start = wall() if start is None else start
        self._mark = monotonic()

    def elapsed(self) -> float:
        """Seconds of the clock behind this one, for what took how long: `speed` is not in it."""
        return self._monotonic()

    def now(self) -> float:
        """This clock's time, POSIX seconds."""
        return round(self._start + (self._monotonic() - self._mark) * self.speed, 3)

    def not_before(self, moment: float) -> None:
        """Go on from `moment` (the last time in the log) where this clock is behind it.

        It must run from there: a clock that stood still until an hour is made up for would fire no
        deadline and send no order again for that hour.
        """
        self._start += max(0.0, moment - self.now())

    def wall_step(self) -> float:
        """Seconds by which the wall clock is off this one; 0 in a drill."""
        if not self._real:
            return 0.0
        return self._wall() - (self._start + self._monotonic() - self._mark)

    async def sleep(self, seconds: float) -> None:
        """Wait `seconds` of this clock."""
        await asyncio.sleep(max(0.0, seconds) / self.speed)
