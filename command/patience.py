"""When a post may look at its deadlines: not before it has heard the answers that waited. Pure.

While no post ran, while the store stood still, while the broker was gone, answers of handhelds
queued up and deadlines passed. Whoever takes the deadlines first calls a second team out because
of an answer that was given in time.
"""

from __future__ import annotations

QUIET_TICKS = 2  # without an answer while connected: what waited has come
ENOUGH_TICKS = 20  # 5 s: a broker that stays away, or a talk that never ends, stops no deadline
STALL_S = 2.0  # a turn that took longer left answers and deadlines behind


class Patience:
    """Counts ticks of the loop. `over` is True when deadlines may be looked at."""

    def __init__(self, *, over: bool = False) -> None:
        self.over = over
        self.ticks = 0  # since it began
        self._quiet = 0
        self._answered = False
        self._connected = False

    def answered(self) -> None:
        """A handheld said something."""
        self._answered = True

    def stalled(self, seconds: float) -> None:
        """The last turn took this long."""
        if seconds > STALL_S:
            self._again()

    def tick(self, *, connected: bool) -> bool:
        """One tick has passed; True when deadlines may be looked at now."""
        if connected and not self._connected:
            self._again()
        self._connected = connected
        self.ticks += 1
        self._quiet = self._quiet + 1 if connected and not self._answered else 0
        self._answered = False
        self.over = self.over or self._quiet >= QUIET_TICKS or self.ticks >= ENOUGH_TICKS
        return self.over

    def _again(self) -> None:
        # Not while it is going on: a store that is always slow, or a broker that comes and goes,
        # must not put deadlines off for ever.
        if self.over and self.ticks:
            self.over = False
            self.ticks = self._quiet = 0
