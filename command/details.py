"""The incidents that somebody has open: their timeline, and why this team. One row each.

Costs nothing while nobody looks. `refresh` is called between two commits and makes what is due,
within a budget; `run` reads the older lines from the store, in small bites, beside everything else.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from command.core import timeline, views
from command.core.codec import entry_events
from command.core.explain import explain
from command.core.timeline import LENGTH, Line
from command.core.world import Incident, World
from command.errors import StoreError
from command.feed import DETAIL
from command.log import Log

EVERY_S = 1.0  # times of arrival change although nothing happens
TOUCHED_S = 0.2  # between two pictures of one incident, however much happens to it
PAUSE_S = 0.1  # between two refreshings: alarms go first
BUDGET_S = 0.01  # of one refreshing, when many are open; one is always made
BITE = 32  # entries at a time: the store answers nobody else meanwhile
BITE_PAUSE_S = 0.01
ENTRIES_READ = 20_000  # how far back is looked for what is not in memory
AGAIN_S = 2.0  # the store is asked again

log = structlog.get_logger("details")

Show = Callable[[Mapping[str, Mapping[str, Any]]], None]
Explain = Callable[[World, Incident, float], dict[str, Any]]
# What is shown of an incident that our own code fails on; the rest of the picture goes on.
FAILED: dict[str, Any] = {"teams": [], "nearest": None, "gap": None, "holds": [], "failed": True}


@dataclass(slots=True)
class Open:
    """One incident that somebody has open."""

    incident: str
    ids: frozenset[str] = frozenset()  # empty: not begun
    before: int = 0  # entries up to this one are in `past`, later ones in `fresh`
    fresh: deque[Line] = field(default_factory=lambda: deque(maxlen=LENGTH))
    past: list[Line] = field(default_factory=list)
    unread: bool = False  # older lines are still to be read from the store
    touched: bool = True
    shown: bool = False
    shown_at: float = 0.0

    @property
    def lines(self) -> list[Line]:
        """The timeline, newest first."""
        return [*self.fresh, *self.past][:LENGTH]

    @property
    def earlier(self) -> bool:
        """Whether there are lines before these."""
        return not any(timeline.begins(line, self.incident) for line in self.lines)

    def due(self, mono: float) -> bool:
        """Whether it is to be shown anew."""
        return mono - self.shown_at >= (TOUCHED_S if self.touched else EVERY_S)


class Details:
    """`lines` are the last ones of the log, kept by the post; `seq` the entry they reach to.

    `elapsed`: seconds of no clock that a drill runs.
    """

    def __init__(
        self,
        store: Log,
        show: Show,
        lines: Iterable[tuple[str, Line]],
        seq: int,
        elapsed: Callable[[], float],
        explain: Explain = explain,
    ) -> None:
        self._store, self._show, self._lines, self._seq = store, show, lines, seq
        self._elapsed = elapsed
        self._explain = explain
        self._open: dict[str, Open] = {}
        self._refreshed_at = 0.0
        self._world: World
        self._unread = asyncio.Event()

    def watch(self, incident: str, *, anybody: bool) -> None:
        """Somebody has it open, or nobody any longer."""
        if anybody:
            self._open.setdefault(incident, Open(incident))
        elif (gone := self._open.pop(incident, None)) is not None and gone.shown:
            self._show({DETAIL: {incident: None}})

    def follow(self, seq: int, lines: Sequence[Line]) -> None:
        """The lines of entry `seq`, which is on disk."""
        self._seq = seq
        for one in self._open.values():
            if not one.ids:
                continue
            for line in lines:
                if line.get("incident") == one.incident and "order_id" in line:
                    one.ids |= {line["order_id"]}
                if timeline.is_of(line, one.ids):
                    one.fresh.appendleft(line)
                    one.touched = True

    # --- between two commits

    def refresh(self, world: World, now: float) -> None:
        """Show what is due, the longest not shown first."""
        if not self._open or (mono := self._elapsed()) - self._refreshed_at < PAUSE_S:
            return
        self._world = world
        due = sorted((o for o in self._open.values() if o.due(mono)), key=lambda o: o.shown_at)
        until = mono + BUDGET_S
        for one in due:
            one.touched, one.shown_at, self._refreshed_at = False, mono, mono
            self._picture(world, one, now)
            if self._elapsed() > until:
                break

    def _picture(self, world: World, one: Open, now: float) -> None:
        incident = world.incidents.get(one.incident)
        if incident is None:  # never was, or is in the archive
            if one.shown:
                one.shown = False
                self._show({DETAIL: {one.incident: None}})
            return
        if not one.ids:
            self._begin(one, timeline.marks(incident.id, incident.orders))
        one.shown = True
        row = {"timeline": one.lines, "earlier": one.earlier}
        self._show({DETAIL: {one.incident: row | self._why(world, incident, now)}})

    def _why(self, world: World, incident: Incident, now: float) -> dict[str, Any]:
        try:
            return self._explain(world, incident, now)
        except Exception:
            log.exception("not explained", incident=incident.id)
            return FAILED

    def _begin(self, one: Open, ids: frozenset[str]) -> None:
        """What memory still has; the rest is read."""
        one.ids, one.before = ids, self._seq
        one.past = list(timeline.newest_first((line for _, line in self._lines), ids))[:LENGTH]
        if one.earlier and len(one.past) < LENGTH:
            one.unread = True
            self._unread.set()

    # --- beside everything else

    async def run(self) -> None:
        """Read what memory no longer has, until cancelled."""
        while True:
            await self._unread.wait()
            self._unread.clear()
            while (one := next((o for o in self._open.values() if o.unread), None)) is not None:
                try:
                    await self._read(one)
                except StoreError as error:
                    log.warning("timeline not read", incident=one.incident, why=str(error))
                    await asyncio.sleep(AGAIN_S)

    async def _read(self, one: Open) -> None:
        """All lines up to entry `before`, in place of those that memory had."""
        found: list[Line] = []
        seq, last = one.before + 1, max(0, one.before - ENTRIES_READ)
        while seq > last and len(found) < LENGTH and self._open.get(one.incident) is one:
            entries = await self._store.read_back(seq, BITE)
            for seq, data in entries:
                found += self._lines_of(one, seq, data)
            if not entries or any(timeline.begins(line, one.incident) for line in found):
                break
            await asyncio.sleep(BITE_PAUSE_S)
        one.past, one.unread, one.touched = found[:LENGTH], False, True

    def _lines_of(self, one: Open, seq: int, data: bytes) -> list[Line]:
        if not timeline.may_name(data, one.ids):
            return []
        lines = views.log_lines(self._world, (), seq, entry_events(data))
        return list(timeline.newest_first((line for _, line in lines), one.ids))
