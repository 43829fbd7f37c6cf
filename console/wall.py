"""The camera wall's facts: what letter each camera has, and why. Pure.

A camera that alarms in a running incident is A whatever else it is; D and V count as down. How the
clock of a camera is, and how often it alarmed, is read from the log lines at hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from console.model import Model, Row
from sensors.words import _

RUNNING = frozenset({"open", "assigned", "working"})
CLOCK_WELL = frozenset({"", "ok", "naive"})
DOWN = frozenset({"offline", "fault"})
MAY_BE_DOWN_PERCENT = 2  # of the cameras: 98% have to work (FIELD.md section 1)
FIRST_AREAS = ("yard", "hall", "road")
AREAS = {"yard": _("Yard"), "hall": _("Hall"), "road": _("Main road")}
ALARM, CUT, BLIND, CLOCK, SHELVED, UNKNOWN, WELL = "A", "D", "V", "T", "S", "?", "."
LETTERS = {
    ALARM: _("alarm"), CUT: _("cut off"), BLIND: _("no picture"), CLOCK: _("clock wrong"),
    SHELVED: _("on shelf"), UNKNOWN: _("unknown"), WELL: _("normal"),
}  # fmt: skip
STYLES = {ALARM: "crit", CUT: "bad", BLIND: "bad", CLOCK: "warn", SHELVED: "norm", UNKNOWN: "dim"}


@dataclass(frozen=True, slots=True)
class Seen:
    """What the log lines at hand tell of one source."""

    alarms: int = 0
    false: int = 0
    clock: str = ""
    last: Row = field(default_factory=dict)  # its latest alarm


@dataclass(frozen=True, slots=True)
class Camera:
    """One cell of the wall."""

    id: str
    number: str
    area: str
    letter: str
    row: Row
    incident: Row
    shelf: Row
    seen: Seen


@dataclass(frozen=True, slots=True)
class Wall:
    """The rows of the wall by area, and the cameras by id."""

    areas: Mapping[str, tuple[str, ...]]
    cameras: Mapping[str, Camera]

    def count(self, letter: str) -> int:
        """How many have the letter."""
        return sum(camera.letter == letter for camera in self.cameras.values())

    @property
    def down(self) -> int:
        """How many give no picture, whatever their letter."""
        return sum(camera.row.get("state") in DOWN for camera in self.cameras.values())

    @property
    def online(self) -> int:
        """How many are heard and have a picture."""
        return sum(camera.row.get("state") == "online" for camera in self.cameras.values())

    @property
    def allowed(self) -> int:
        """How many may be down before the norm is broken."""
        return len(self.cameras) * MAY_BE_DOWN_PERCENT // 100


def wall(model: Model) -> Wall:
    """The whole wall, as the rows stand."""
    alarming, shelved, seen = _alarming(model), _shelved(model), heard(model.table("log").values())
    rows = sorted(model.table("camera").values(), key=lambda row: str(row.get("id")))
    cameras: dict[str, Camera] = {}
    areas: dict[str, list[str]] = {}
    for row in rows:
        ident, area = str(row.get("id")), str(row.get("area") or row.get("place") or "")
        areas.setdefault(area, []).append(ident)
        facts = seen.get(ident, Seen())
        incident, shelf = alarming.get(ident, {}), shelved.get(ident, {})
        letter = _letter(row, incident, shelf, facts)
        number = _number(ident, len(areas[area]))
        cameras[ident] = Camera(ident, number, area, letter, row, incident, shelf, facts)
    first = [area for area in FIRST_AREAS if area in areas]
    order = first + sorted(area for area in areas if area not in first)
    return Wall({area: tuple(areas[area]) for area in order}, cameras)


def heard(lines: Iterable[Row]) -> dict[str, Seen]:
    """By source: its alarms, those that turned out false, and its clock, from the log."""
    alarms: dict[str, list[Row]] = {}
    false: set[str] = set()
    for line in lines:
        if line.get("event") == "AlarmReceived":
            alarms.setdefault(str(line.get("source")), []).append(line)
        elif line.get("event") == "IncidentEnded" and line.get("state") == "false_alarm":
            false.add(str(line.get("incident")))
        elif line.get("event") == "IncidentReopened":
            false.discard(str(line.get("incident")))
    return {
        source: Seen(
            alarms=len(rows),
            false=sum(str(row.get("incident")) in false for row in rows),
            clock=str(rows[-1].get("clock_quality") or ""),
            last=rows[-1],
        )
        for source, rows in alarms.items()
    }


def _letter(row: Row, incident: Row, shelf: Row, seen: Seen) -> str:
    state = row.get("state")
    if incident:
        return ALARM
    if state == "offline":
        return CUT
    if state == "fault":
        return BLIND
    if seen.clock not in CLOCK_WELL:
        return CLOCK
    if shelf:
        return SHELVED
    return WELL if state == "online" else UNKNOWN


def _alarming(model: Model) -> dict[str, Row]:
    """The most urgent running incident that each source has reported."""
    found: dict[str, Row] = {}
    for row in model.table("incident").values():
        if row.get("state") in RUNNING:
            for source in row.get("sources") or ():
                known = found.get(source)
                if known is None or _priority(row) < _priority(known):
                    found[source] = row
    return found


def _priority(row: Row) -> int:
    value = row.get("priority")
    return value if isinstance(value, int) else 5


def _shelved(model: Model) -> dict[str, Row]:
    return {str(row.get("source")): row for row in model.table("shelf").values()}


def _number(ident: str, place: int) -> str:
    """The digits at the end of the id; its place in the row where it has none."""
    digits = ident[len(ident.rstrip("0123456789")) :]
    return digits[-3:] or f"{place:02}"
