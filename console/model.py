"""What the post has said, as plain rows: fed by the link, read by the pages. Nothing is invented.

The post's clock is `now = last beat + time since`, by the local monotonic clock; the local wall
clock is never read. Pure: `mono` (seconds of any monotonic clock) is an argument.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from command.messages import Beat, Frame, Rows, Snapshot, Tables
from console.gap import Gap

Row = dict[str, Any]
MARKED_S = 3.0  # a beat older than this is marked
LOST_S = 5.0  # and than this: the connection is lost (CONSOLE.md section 5)
CHANGED_S = 10.0  # how long a row counts as just changed
LOG_LINES = 2000  # kept here; the post keeps the rest


@dataclass(slots=True)
class Model:
    """The tables of the feed by name and key; `changed` collects what a timer has yet to draw."""

    tables: dict[str, dict[str, Row]] = field(default_factory=dict)
    changed: dict[tuple[str, str], None] = field(default_factory=dict)
    changed_at: dict[str, float] = field(default_factory=dict)  # incident -> mono of last change
    at: str = ""
    role: str = ""
    name: str = ""
    beat: Row = field(default_factory=dict)
    beat_at: float | None = None  # mono of the last beat
    merged: int = 0  # commits that the feed folded into the last rows: 合并播报
    loading: bool = False  # a snapshot in parts is not complete yet
    # Reds that changed while the line was cut: they count as not acknowledged until somebody does
    # so again (CONSOLE.md section 5).
    unseen: set[str] = field(default_factory=set)
    gap: Gap | None = None  # what changed while nothing could be heard, the last time
    _part: set[tuple[str, str]] = field(default_factory=set)
    _first: bool = True  # nothing of the first picture has changed: it was so before we came

    def take(self, frame: Frame, mono: float) -> None:
        """One frame of the feed. Answers and problems are not rows, and change nothing here."""
        if isinstance(frame, Beat):
            self.beat, self.beat_at = frame.beat, mono
            if isinstance(shift := frame.beat.get("shift"), dict):  # fresher than the table's row
                self._rows({"shift": {"shift": shift}}, mono)
        elif isinstance(frame, Snapshot):
            self._snapshot(frame, mono)
        elif isinstance(frame, Rows):
            self.role, self.name = frame.role or self.role, frame.name or self.name
            self.merged = frame.merged
            self._rows(frame.rows, mono)
            self.at = frame.at

    def table(self, name: str) -> dict[str, Row]:
        """All rows of a table by key; empty where the post has none."""
        return self.tables.get(name, {})

    def row(self, table: str, key: str) -> Row:
        """One row; empty where there is none."""
        return self.table(table).get(key, {})

    def incident(self, ident: str) -> Row:
        """An incident's or a case's row; one in `unseen` is not acknowledged, whatever it says."""
        row = self.row("incident", ident) or self.row("case", ident)
        if ident in self.unseen and row.get("ack"):
            return row | {"ack": None, "lapses": max(1, int(row.get("lapses") or 0))}
        return row

    def not_seen(self, incidents: Iterable[str]) -> None:
        """These count as not acknowledged until somebody acknowledges them again."""
        for ident in incidents:
            self.unseen.add(ident)
            self.changed["incident", ident] = None

    def drain(self) -> list[tuple[str, str]]:
        """What changed since the last call, (table, key), each once."""
        changed = list(self.changed)
        self.changed.clear()
        return changed

    def now(self, mono: float) -> float:
        """The post's clock, POSIX seconds; 0 before the first beat."""
        if self.beat_at is None:
            return 0.0
        speed = float(self.beat.get("speed") or 1.0)  # of a drill's clock
        return float(self.beat.get("now", 0.0)) + max(0.0, mono - self.beat_at) * speed

    def age(self, mono: float) -> float | None:
        """Seconds since the last beat, None before the first."""
        return None if self.beat_at is None else mono - self.beat_at

    def stale(self, mono: float) -> bool:
        """The last beat is old enough to be marked."""
        age = self.age(mono)
        return age is None or age > MARKED_S

    def lost(self, mono: float) -> bool:
        """No beat for so long that nothing shown may be taken for now."""
        age = self.age(mono)
        return age is None or age > LOST_S

    @property
    def exercise(self) -> bool:
        """Whether this is a drill's post (root fsx)."""
        return self.row("post", "post").get("root") == "fsx"

    @property
    def alone_on_duty(self) -> bool:
        """Whether this console's officer is on duty, and no other is signed on."""
        shift = self.row("shift", "shift") or self.beat.get("shift") or {}
        officers = (self.beat.get("load") or {}).get("officers") or []
        mine = bool(self.name) and shift.get("officer") == self.name
        return mine and set(officers) <= {self.name}

    def just_changed(self, ident: str, mono: float) -> bool:
        """Whether an incident changed a moment ago: the mark `*`."""
        at = self.changed_at.get(ident)
        return at is not None and mono - at < CHANGED_S

    def _snapshot(self, frame: Snapshot, mono: float) -> None:
        self.role, self.name, self.at = frame.role, frame.name or self.name, frame.at
        if frame.part == 1:
            self._part.clear()
        self._part |= {(table, key) for table, rows in frame.snapshot.items() for key in rows}
        self._rows(frame.snapshot, mono)
        self.loading = frame.part < frame.of
        self._first = self._first and self.loading
        if not self.loading:
            self._drop_others()

    def _drop_others(self) -> None:
        """The snapshot is the whole truth: what is not in it is gone."""
        for name, rows in self.tables.items():
            for key in [key for key in rows if (name, key) not in self._part]:
                del rows[key]
                self.changed[name, key] = None
        self._part.clear()

    def _rows(self, tables: Tables, mono: float) -> None:
        for name, rows in tables.items():
            kept = self.tables.setdefault(name, {})
            for key, row in rows.items():
                if name == "log" and row is not None and is_routine(row):
                    continue
                if row is None:
                    kept.pop(key, None)
                elif (before := kept.get(key, {})) == row:
                    continue
                else:
                    kept[key] = row
                    if key in self.unseen and before.get("ack") != row.get("ack"):
                        self.unseen.discard(key)
                self.changed[name, key] = None
                if name in {"incident", "case"} and not self._first:
                    self.changed_at[key] = mono
            if name == "log":
                for key in list(islice(kept, max(0, len(kept) - LOG_LINES))):
                    del kept[key]


def is_routine(line: Row) -> bool:
    """A sign of life or a position in the log: `fengsui log` has them, no screen needs them."""
    event = line.get("event")
    return event == "UnitLocated" or (event == "SourceHeard" and bool(line.get("ok", True)))
