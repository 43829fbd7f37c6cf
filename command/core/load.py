"""How much is asked of the officers just now: the rate meter of line 1. Pure.

More than 10 alarms in 10 minutes are a flood that no one person follows (ISA-18.2; CONSOLE.md
section 3). Counted once here, so that all consoles agree.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable
from enum import StrEnum
from typing import Any

from command.core import events as e
from command.core.reasons import Reason
from command.core.world import World

WINDOW_S = 600.0
QUIET_TO = 1  # alarms in the window for each officer
BUSY_TO = 10
FLOOD_FROM = 5  # once it is one; only fewer end it
CHATTERS = 3  # alarms of one source
CHATTER_S = 60.0
SOURCES_KEPT = 5_000  # anybody may call himself anything: names must not fill the memory
CHATTERING_SHOWN = 50
# A source on the shelf is quiet already; a stored message says nothing of now.
_UNHEARD = frozenset({Reason.SHELVED, Reason.RETAINED})


class Band(StrEnum):
    """What the meter says."""

    QUIET = "quiet"
    BUSY = "busy"
    FLOOD = "flood"


def band(before: Band, each: float) -> Band:
    """The band for so many alarms an officer: a flood is one until it has really gone down."""
    if each > BUSY_TO or (before is Band.FLOOD and each >= FLOOD_FROM):
        return Band.FLOOD
    return Band.BUSY if each > QUIET_TO else Band.QUIET


class Load:
    """The alarms of the last ten minutes that asked for attention, and who chatters.

    That is each incident opened, and each alarm that opened none and that the officer was told of;
    not what joined an incident, no repeats, nothing shelved. Moments are the post's clock, seconds.
    """

    def __init__(self) -> None:
        self._asked: deque[float] = deque()
        self._heard: dict[str, deque[float]] = {}
        self._band = Band.QUIET
        self._since = 0.0

    def load(self, world: World) -> None:
        """After the world was built: what it still knows of the last ten minutes."""
        opened = (i.opened_at for i in world.incidents.values() if "split" not in i.triage)
        told = (a.at for a in world.alerts.values() if a.source and not a.incident)
        self._asked = deque(sorted((*opened, *told)))
        self._forget(world.at)

    def follow(self, events: Iterable[e.Event]) -> None:
        """Take committed events into account."""
        opened = set[str]()
        for event in events:
            if isinstance(event, e.IncidentOpened):
                # The officer's own splitting is no alarm.
                if "split" not in event.triage:
                    opened.add(event.cause)
                    self._asked.append(event.at)
            elif isinstance(event, e.OfficerAlerted):
                if event.source and not event.incident and event.cause not in opened:
                    self._asked.append(event.at)
            elif isinstance(event, e.AlarmReceived) and event.reason not in _UNHEARD:
                self._hear(event.source, event.at)

    def _hear(self, source: str, at: float) -> None:
        times = self._heard.pop(source, None) or deque(maxlen=CHATTERS)
        times.append(at)
        self._heard[source] = times  # the last heard stand last
        if len(self._heard) > SOURCES_KEPT:
            del self._heard[next(iter(self._heard))]

    def row(self, now: float, officers: Collection[str]) -> dict[str, Any]:
        """What the beat says. `n10` is for each of the officers who are there, one at least."""
        self._forget(now)
        each = len(self._asked) / max(1, len(officers))
        found = band(self._band, each)
        if found is not self._band or not self._since:
            self._band, self._since = found, now
        return {
            "n10": int(each) if each.is_integer() else round(each, 1),
            "band": found.value,
            "since": self._since,
            "officers": sorted(officers),
        }

    def chatter(self, now: float) -> list[str]:
        """The sources that gave three alarms within a minute, and not longer ago than that."""
        return sorted(
            source
            for source, times in self._heard.items()
            if len(times) == CHATTERS and now - times[0] <= CHATTER_S
        )[:CHATTERING_SHOWN]

    def _forget(self, now: float) -> None:
        while self._asked and now - self._asked[0] >= WINDOW_S:
            self._asked.popleft()
        while self._heard:
            oldest = next(iter(self._heard))
            if now - self._heard[oldest][-1] <= CHATTER_S:
                break
            del self._heard[oldest]
