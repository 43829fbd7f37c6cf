"""From committed events to the rows of consoles. Pure; codes, not words: a console words them.

Tables: incident assignment unit case camera source alert shelf shift notice quarantine log post,
and those of reference.py. A row of None is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from command.core import events as e
from command.core import reference
from command.core.codec import event_dict
from command.core.dispatch import recommend, unit_status
from command.core.needs import open_needs
from command.core.orders import hazards_of, place_name, position_json
from command.core.plans import Family
from command.core.rows import (
    alert_row,
    notice_row,
    post_row,
    quarantine_row,
    shelf_row,
    source_row,
)
from command.core.shift import shift_row
from command.core.tables import LIVE, RUNNING
from command.core.world import Assignment, Hold, Incident, World

Row = dict[str, Any]
Rows = dict[str, dict[str, Row | None]]
JOBS_SHOWN = 20  # of a post that has many cases; `jobs` is how many there are
# What others say of an order changes no row of it, and may name one that never was.
_OF_AN_ORDER = (
    e.UnitOffered | e.AssignmentChanged | e.AssignmentMoved | e.OrderQueued | e.OrderSettled
    | e.AccountabilityDue | e.AccountabilityAnswered | e.UnitMayday
)  # fmt: skip
_OF_THE_SHIFT = e.HandoverSigned | e.ShiftChanged
_OF_THE_POST = e.PostStarted | e.EraBegan | e.MessageQuarantined | e.ResponseSet
HIDDEN = frozenset({"document", "message"})  # in the log, not on the log line

# What of an event's fields names something that has a row, and of which kind.
_NAMES = {
    "incident": "incidents",
    "into": "incidents",
    "new": "incidents",
    "unit": "sources",
    "source": "sources",
    "alert": "alerts",
    "notice": "notices",
}
_NAMED = {
    cls: [(name, kind) for name, kind in _NAMES.items() if name in {f.name for f in fields(cls)}]
    for cls in e.EVENTS.values()
}


def position(world: World, seq: int) -> str:
    """A log position as text: `e1-42`."""
    return f"e{world.era}-{seq}"


def changed(
    world: World, events: Sequence[e.Event], seq: int, values: Sequence[Row] | None = None
) -> Rows:
    """The rows that a committed batch changed; each is made once, however often it was touched.

    `values` are the events as JSON values, where the caller has them already.
    """
    if any(isinstance(event, e.TownshipLoaded) for event in events):
        return everything(world, seq, log_lines(world, events, seq, values))
    touched = _Touched()
    for event in events:
        touched.note(event)
    rows: Rows = {}
    for order_id in touched.orders:
        _put(rows, "assignment", order_id, assignment_row(world, world.assignments.get(order_id)))
    for incident in touched.incidents:
        _incident_rows(world, incident, rows)
    for source in touched.sources:
        _source_rows(world, source, rows)
    for table, keys, row in (
        ("alert", touched.alerts, alert_row),
        ("shelf", touched.shelf, shelf_row),
        ("quarantine", touched.quarantine, quarantine_row),
        ("notice", touched.notices, notice_row),
    ):
        for key in keys:
            _put(rows, table, key, row(world, key))
    if touched.shift:  # anything else that moves it is seen with the next beat
        _put(rows, "shift", "shift", shift_row(world))
    if touched.post:
        _put(rows, "post", "post", post_row(world))
    rows["log"] = dict(log_lines(world, events, seq, values))
    return rows


@dataclass(slots=True)
class _Touched:
    """What a batch may have changed, in the order in which it did."""

    orders: dict[str, None] = field(default_factory=dict)
    incidents: dict[str, None] = field(default_factory=dict)
    sources: dict[str, None] = field(default_factory=dict)
    alerts: dict[str, None] = field(default_factory=dict)
    shelf: dict[str, None] = field(default_factory=dict)
    quarantine: dict[str, None] = field(default_factory=dict)
    notices: dict[str, None] = field(default_factory=dict)
    post: bool = False
    shift: bool = False

    def note(self, event: e.Event) -> None:
        """Everything that this event names."""
        for name, kind in _NAMED[type(event)]:
            if key := getattr(event, name):
                getattr(self, kind)[key] = None
        if isinstance(event, _OF_AN_ORDER):
            self.orders[event.order_id] = None
        if isinstance(event, e.IncidentArchived):
            self.orders |= dict.fromkeys(event.orders)
        if isinstance(event, e.IncidentArchived | e.AccountabilityAnswered):
            self.alerts |= dict.fromkeys(event.alerts)
        if isinstance(event, e.SourceShelved | e.SourceUnshelved):
            self.shelf[f"{event.source}|{event.kind}"] = None
        if isinstance(event, e.MessageQuarantined):
            self.quarantine[event.quarantine] = None
        if isinstance(event, e.ShiftChanged):
            self.incidents |= dict.fromkeys(event.ended)
        self.shift = self.shift or isinstance(event, _OF_THE_SHIFT)
        self.post = self.post or isinstance(event, _OF_THE_POST)


def _put(rows: Rows, table: str, key: str, row: Row | None) -> None:
    rows.setdefault(table, {})[key] = row


def _source_rows(world: World, source: str, rows: Rows) -> None:
    if source in world.units:
        _put(rows, "unit", source, unit_row(world, source))
    elif source in world.sources:
        table = "camera" if world.index.classes.get(source) == "camera" else "source"
        _put(rows, table, source, source_row(world, source))


def _incident_rows(world: World, ident: str, rows: Rows) -> None:
    incident = world.incidents.get(ident)
    if incident is None:
        _put(rows, "incident", ident, None)
        _put(rows, "case", ident, None)
        return
    family = world.plan_of(incident).family
    table = "case" if family is Family.CASE else "incident"
    _put(rows, table, ident, incident_row(world, incident))


def everything(world: World, seq: int, lines: Iterable[tuple[str, Row]]) -> Rows:
    """A whole snapshot of rows; `lines` are the last log lines the post remembers."""
    rows: Rows = {name: {} for name in ("incident", "case", "assignment", "unit", "camera")}
    rows |= {name: {} for name in ("source", "alert", "shelf", "quarantine")}
    for ident in world.incidents:
        _incident_rows(world, ident, rows)
    for order_id, assignment in world.assignments.items():
        _put(rows, "assignment", order_id, assignment_row(world, assignment))
    for unit in world.units:
        _put(rows, "unit", unit, unit_row(world, unit))
    for camera in world.township.cameras if world.township else ():
        _put(rows, "camera", camera.id, source_row(world, camera.id))
    for source in world.sources:
        _source_rows(world, source, rows)
    for alert in world.alerts:
        _put(rows, "alert", alert, alert_row(world, alert))
    for key in world.shelf:
        _put(rows, "shelf", key, shelf_row(world, key))
    for key in world.quarantine:
        _put(rows, "quarantine", key, quarantine_row(world, key))
    for table, keyed in reference.tables(world.township).items():
        rows[table] = dict(keyed)
    rows["notice"] = {key: notice_row(world, key) for key in world.notices}
    rows["shift"] = {"shift": shift_row(world)}
    rows["log"] = dict(lines)
    rows["post"] = {"post": post_row(world) | {"at": position(world, seq)}}
    return rows


# --- one row each


def incident_row(world: World, incident: Incident) -> Row:
    """An incident as the main screen needs it. Times are POSIX seconds of the post's clock."""
    plan = world.plan_of(incident)
    due = {
        name: world.due[key]
        for name in ("release", "ack", "ackend", "second", "ladder")
        if (key := f"{name}:{incident.id}") in world.due
    }
    return {
        "id": incident.id,
        "rev": incident.rev,
        "state": incident.state.value,
        "kind": incident.plan,
        "family": plan.family.value,
        "alarm_kind": incident.alarm_kind,
        "priority": incident.priority,
        "grade": incident.grade,
        "grade_by": incident.grade_by,
        "triage": incident.triage,
        "place": incident.place,
        "place_name": place_name(world, incident.place),
        "position": position_json(incident.position),
        "title": incident.text[:60],
        "text": incident.text,
        "opened_at": incident.opened_at,
        "news_at": incident.news_at,
        "sources": {name: _report_row(report) for name, report in incident.reports.items()},
        "hazards": hazards_of(world, incident),
        "hazards_read": dict(incident.hazards_read),
        "ask": list(plan.ask),
        "ack": {"by": incident.ack_by, "until": incident.ack_until} if incident.ack_by else None,
        "lapses": incident.lapses,
        "mayday": bool(incident.mayday),
        "mayday_units": list(incident.mayday),
        "escalated_to": incident.escalated_to,
        "second_called": incident.second_called,
        "left_out": dict(incident.left_out),
        "held": _held_row(incident),
        "extended": incident.extended,
        "released_at": incident.released_at,
        "released_by": incident.released_by,
        "due": due,
        "needs": _needs_row(world, incident),
        "rec": _recommended(world, incident),
        "orders": list(incident.orders),
        "nobody_for": list(dict.fromkeys((*incident.nobody_for, *incident.nobody_wanted))),
        "holds": [_hold_row(hold) for hold in incident.holds],
        "level": incident.level,
        "overdue_since": incident.overdue_since,
        "ladder": [rung.role for rung in plan.ladder],
        "notes": [{"at": n.at, "by": n.by, "text": n.text} for n in incident.notes[-20:]],
        "merged_into": incident.merged_into,
        "outcome": incident.outcome,
        "ended_at": incident.ended_at,
        "changed": incident.changed,
        "changed_by": incident.changed_by,
        "exercise": world.exercise,
    }


def _held_row(incident: Incident) -> Row | None:
    held = incident.held
    return None if held is None else {"by": held.by, "why": held.why, "until": held.until}


def _report_row(report: Any) -> Row:
    return {
        "class": report.source_class,
        "kind": report.kind,
        "first_at": report.first_at,
        "last_at": report.last_at,
        "times": report.times,
        "confidence": report.confidence,
        "text": report.text,
        "cleared_at": report.cleared_at,
    }


def _hold_row(hold: Hold) -> Row:
    """A need that waits: for whom, until when by forecast, and the way after that."""
    return {
        "role": hold.role,
        "must": hold.must,
        "unit": hold.unit,
        "free_at": hold.free_at,
        "eta_s": hold.eta_s,
    }


def _needs_row(world: World, incident: Incident) -> list[Row]:
    missing = {(n.role, n.must, n.within_min): m for n, m in open_needs(world, incident)}
    return [
        {
            "role": need.role,
            "quantity": need.quantity,
            "must": need.must,
            "within_min": need.within_min,
            "missing": missing.get((need.role, need.must, need.within_min), 0),
        }
        for need in incident.needs
    ]


def _recommended(world: World, incident: Incident) -> list[Row]:
    """The unit that would go for each open need; only while it waits for its release."""
    if incident.state not in RUNNING or incident.released_at is not None:
        return []
    return [
        {"role": one.ask.need.role, "unit": pick.unit.id, "eta_s": round(pick.eta_s)}
        for one in recommend(world, incident, world.at)
        for pick in one.picks
    ]


def assignment_row(world: World, assignment: Assignment | None) -> Row | None:
    """One unit on one incident."""
    if assignment is None:
        return None
    unit = world.index.units.get(assignment.unit)
    return {
        "id": assignment.order_id,
        "order_id": assignment.order_id,
        "incident": assignment.incident,
        "unit": assignment.unit,
        "unit_name": unit.name if unit else assignment.unit,
        "role": assignment.role,
        "people": assignment.people,
        "status": assignment.status.value,
        "rev": assignment.rev,
        "received": assignment.received_rev >= assignment.rev,
        "offered_at": assignment.offered_at,
        "expires_at": assignment.expires_at,
        "changed_at": assignment.changed_at,
        "eta_s": assignment.eta_s,
        "reason": assignment.reason,
        "why": assignment.why,
        "by": assignment.by,
        "told_by": assignment.told_by,
        "par_at": assignment.par_at,
        "par_asked": assignment.par_asked_at is not None,
        "par_missed": assignment.par_missed,
        "text": assignment.text,
    }


def unit_row(world: World, unit_id: str) -> Row:
    """One unit; its status on each job stands in the job's own row."""
    state = world.units[unit_id]
    jobs = [world.assignments[order] for order in state.orders[-JOBS_SHOWN:]]
    return reference.unit_fields(unit_id, world.index.units.get(unit_id)) | {
        "state": unit_status(world, unit_id),
        "off_reason": state.why_off,
        "off_until": state.off_until,
        "assignments": [
            {
                "order_id": job.order_id,
                "incident": job.incident,
                "status": job.status.value,
                "since": job.changed_at,
            }
            for job in jobs
            if job.status in LIVE
        ],
        "jobs": len(state.orders),
        "standby": state.standby,
        "standby_at": world.due.get(f"standby:{unit_id}"),
        "position": position_json(state.position),
        "last_contact": state.last_at,
    }


def log_lines(
    world: World, events: Sequence[e.Event], seq: int, values: Sequence[Row] | None = None
) -> list[tuple[str, Row]]:
    """The events as log lines, by position; long payloads left out."""
    at = position(world, seq)
    lines = []
    for number, value in enumerate(values or [event_dict(event) for event in events]):
        line = {"pos": f"{at}.{number}"} | value
        for name in HIDDEN:
            line.pop(name, None)
        lines.append((line["pos"], line))
    return lines
