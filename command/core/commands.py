"""What the officer orders, and why it may be refused. Pure.

A command names the `rev` of the incident that the officer saw; a stale one is refused with who
changed what. A command id that was carried out before gets the same answer and changes nothing.
What belongs to one concern stands in its slice. One file although it is long: a table of small
functions, one a verb.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from command import messages as m
from command.core import events as e
from command.core.accountability import decide_par
from command.core.alarms import PHONE, decide_alarm, known_classes
from command.core.assignments import withdraw
from command.core.attention import acknowledged_by, decide_acknowledge, second_due
from command.core.choice import leave_out
from command.core.contacts import off_with_order
from command.core.dispatch import Candidate, offer, pace, travel_s
from command.core.grades import decide_grade, decide_response
from command.core.hazards import (
    decide_hazard,
    only_of,
    read_by,
    update_orders,
    with_dangers,
)
from command.core.needs import open_needs
from command.core.notices import decide_notice
from command.core.ordering import Ordered, Refused, check_rev, unit_on_duty
from command.core.ordering import cause_of_command as _cause
from command.core.ordering import known_incident as _incident
from command.core.ordering import running_incident as _running
from command.core.orders import requeue
from command.core.plans import Plan, Release
from command.core.play import decide_stop_play
from command.core.radio import decide_radio
from command.core.reasons import Reason, Refusal
from command.core.release import decide_hold
from command.core.shelving import usual
from command.core.shift import decide_handover, decide_takeover
from command.core.standby import decide_move
from command.core.tables import LIVE, RUNNING, IncidentState
from command.core.township import Unit
from command.core.world import Incident, World
from sensors.observations import Alarm, AlarmKind, Position, Severity

__all__ = ["Ordered", "Refused", "decide_command"]

SHELF_LIMIT = 12  # at once (CONSOLE.md section 3)


def decide_command(world: World, ordered: Ordered, now: float) -> list[e.Event]:
    """The events of a command; raises `Refused`. Nothing for one that was carried out before."""
    command = ordered.command
    if f"{ordered.by}/{command.id}" in world.commands:
        return []
    incident_id = getattr(command, "incident", "")
    if incident_id:
        check_rev(_incident(world, incident_id), command.rev)
    events = _DO[type(command)](world, command, ordered, now)
    done = e.CommandDone(
        at=now,
        cause=_cause(command),
        reason=Reason.BY_OFFICER,
        command=command.id,
        do=command.do,
        by=ordered.by,
        role=ordered.role,
        incident=incident_id,
        sealed=ordered.sealed,
        rec=command.rec if isinstance(command, m.Assign) else "",
        why=command.said if isinstance(command, m.Assign) else "",
    )
    return [done, *events]


def _assign(world: World, c: m.Assign, o: Ordered, now: float) -> list[e.Event]:
    """The named units are offered it, and what they leave open goes to the recommended team."""
    if world.stopped_at:
        raise Refused(Refusal.PLAY_OVER)
    incident = _running(world, c.incident)
    ids = world.ids()
    events = read_by(world, incident, c.read, o.by, now, _cause(c))
    events += leave_out(world, incident, c.without, o.by, c.said, now, _cause(c))
    if not incident.ack_by:
        events.append(acknowledged_by(world, incident, o.by, now, _cause(c)))
    if incident.released_at is None:  # whatever the plan says: the officer has said it
        events.append(
            e.IncidentReleased(
                at=now,
                cause=_cause(c),
                reason=Reason.BY_OFFICER,
                incident=incident.id,
                by=o.by,
            )
        )
    named = [_named(world, incident, unit_id, now) for unit_id in dict.fromkeys(c.units)]
    roles = _roles(world, incident, [candidate.unit for candidate in named])
    for candidate in named:
        events += offer(
            world,
            incident,
            candidate,
            roles[candidate.unit.id],
            now,
            ids=ids,
            cause=_cause(c),
            reason=Reason.BY_OFFICER,
            by=o.by,
            team=c.units,
        )
    return events


def _named(world: World, incident: Incident, unit_id: str, now: float) -> Candidate:
    unit = unit_on_duty(world, unit_id)
    mine = [world.assignments[order] for order in world.units[unit_id].orders]
    if any(assignment.incident == incident.id for assignment in mine):
        raise Refused(Refusal.UNIT_ALREADY_ON_IT, what=unit_id)
    if mine and not unit.shared:
        raise Refused(Refusal.UNIT_COMMITTED, what=f"{unit_id} {mine[0].incident}")
    return Candidate(unit, travel_s(world, unit, incident.position, pace(world, now)))


def _roles(world: World, incident: Incident, units: list[Unit]) -> dict[str, str]:
    """What each of the named units is to do: together they leave as little open as they can.

    Need by need, as a team is recommended; of those who could, first who could do little else.
    """
    roles: dict[str, str] = {}
    if not world.plan_of(incident).ladder:
        needs = list(open_needs(world, incident))
        wanted = {need.role for need, _ in needs}
        use = {unit.id: len(wanted & set(world.index.unit_roles[unit.id])) for unit in units}
        for need, missing in needs:
            people = 0
            for unit in sorted(units, key=lambda unit: use[unit.id]):
                fits = need.role in world.index.unit_roles[unit.id]
                if people < missing and fits and unit.id not in roles:
                    roles[unit.id] = need.role
                    people += unit.members
    return {unit.id: _role(world, incident, unit.id) for unit in units} | roles


def _role(world: World, incident: Incident, unit_id: str) -> str:
    """The first open need the unit can fill, else any; its own role where it fits none.

    Whoever the officer names for a case is the responsible post.
    """
    if world.plan_of(incident).ladder and incident.needs:
        return incident.needs[0].role
    open_first = [*(need for need, _ in open_needs(world, incident)), *incident.needs]
    roles = world.index.unit_roles[unit_id]
    fitting = [need.role for need in open_first if need.role in roles]
    return next(iter([*fitting, *world.index.units[unit_id].roles, *sorted(roles)]), "")


def _withdraw(world: World, c: m.Withdraw, o: Ordered, now: float) -> list[e.Event]:
    incident = _incident(world, c.incident)
    live = [
        assignment
        for order in incident.orders
        if (assignment := world.assignments[order]).status in LIVE and assignment.unit in c.units
    ]
    if not {assignment.unit for assignment in live}.issuperset(c.units):
        raise Refused(Refusal.NOTHING_TO_WITHDRAW, what=" ".join(c.units))
    return [
        event
        for assignment in live
        for event in withdraw(world, assignment, now, _cause(c), Reason.BY_OFFICER, c.said, o.by)
    ]


def _note(world: World, c: m.Note, o: Ordered, now: float) -> list[e.Event]:
    return [
        e.IncidentNoted(
            at=now,
            cause=_cause(c),
            reason=Reason.BY_OFFICER,
            incident=_incident(world, c.incident).id,
            by=o.by,
            text=c.text,
        )
    ]


def _priority(world: World, c: m.Priority, o: Ordered, now: float) -> list[e.Event]:
    incident = _running(world, c.incident)
    if c.priority > incident.priority == 1 and not c.said:
        raise Refused(Refusal.WHY_MISSING)  # lowering the most urgent needs a text (CONSOLE.md 3)
    changed = e.PriorityChanged(
        at=now,
        cause=_cause(c),
        reason=Reason.BY_OFFICER,
        incident=incident.id,
        priority=c.priority,
        by=o.by,
        why=c.said,
    )
    return [changed]


def _merge(world: World, c: m.Merge, o: Ordered, now: float) -> list[e.Event]:
    gone, into = _running(world, c.incident), _running(world, c.into)
    if gone.id == into.id:
        raise Refused(Refusal.SAME_INCIDENT)
    merged = e.IncidentMerged(
        at=now,
        cause=_cause(c),
        reason=Reason.BY_OFFICER,
        incident=gone.id,
        into=into.id,
        by=o.by,
    )
    new = only_of(world, gone, into)
    after = with_dangers(into, new)
    moves = update_orders(world, into, after, now, _cause(c)) if new else []
    for order in gone.orders:
        assignment = world.assignments[order]
        if assignment.status in LIVE:
            moves.append(
                e.AssignmentMoved(
                    at=now,
                    cause=_cause(c),
                    reason=Reason.ORDER_CHANGED,
                    order_id=order,
                    incident=into.id,
                    unit=assignment.unit,
                )
            )
            moves.append(
                requeue(world, assignment, "updated", now, _cause(c), Reason.ORDER_CHANGED, after)
            )
    return [*moves, merged, *_as_urgent_as(gone, into, c, o, now)]


def _as_urgent_as(
    gone: Incident, into: Incident, c: m.Merge, o: Ordered, now: float
) -> list[e.Event]:
    """The one that goes on loses neither the other's urgency nor its release."""
    events: list[e.Event] = []
    if gone.priority < into.priority:
        events.append(
            e.PriorityChanged(
                at=now,
                cause=_cause(c),
                reason=Reason.BY_OFFICER,
                incident=into.id,
                priority=gone.priority,
                by=o.by,
            )
        )
    if gone.released_at is not None and into.released_at is None:
        events.append(
            e.IncidentReleased(
                at=now,
                cause=_cause(c),
                reason=Reason.BY_OFFICER,
                incident=into.id,
                by=o.by,
            )
        )
    return events


def _split(world: World, c: m.Split, o: Ordered, now: float) -> list[e.Event]:
    """Undo a merge of two incidents, or give one source's reports an incident of their own."""
    incident = _incident(world, c.incident)
    if incident.state is IncidentState.MERGED:
        return _unmerge(world, c, o, incident, now)
    _running(world, c.incident)
    source = c.alarm.partition("/")[0] or _last_source(incident)  # an alarm's id may hold a slash
    report = incident.reports.get(source)
    if report is None or len(incident.reports) < 2:
        raise Refused(Refusal.NOTHING_TO_SPLIT, what=source)
    plan = world.plan_of(incident)
    new = world.ids().next("I")
    where = report.position or world.index.homes.get(source, ("", None))[1]
    opened = e.IncidentOpened(
        at=now,
        cause=_cause(c),
        reason=Reason.BY_OFFICER,
        incident=new,
        plan=incident.plan,
        alarm_kind=report.kind,
        priority=incident.priority,
        triage=("split",),
        place=report.place or world.index.homes.get(source, (incident.place, None))[0],
        position=where,
        text=report.text,
        release_due=_countdown(plan, {report.source_class}, now),
        ack_due=now + plan.ack_within_s,
        second_due=second_due(plan, incident.priority, now),
    )
    parted = e.IncidentSplit(
        at=now,
        cause=_cause(c),
        reason=Reason.BY_OFFICER,
        incident=incident.id,
        new=new,
        sources=(source,),
        by=o.by,
    )
    return [opened, parted]


def _countdown(plan: Plan, classes: set[str], now: float) -> float | None:
    """The officer is looking, so nothing goes at once; what goes by itself goes in a while."""
    by_hand = plan.release is Release.BY_HAND or classes <= {"unknown"}
    return None if by_hand else now + plan.release_after_s


def _last_source(incident: Incident) -> str:
    """The source that came last: the merge one most likely means."""
    newest_first = reversed(incident.reports)  # those of one batch have the same time
    return max(newest_first, key=lambda s: incident.reports[s].first_at, default="")


def _unmerge(
    world: World, c: m.Split | m.Reopen, o: Ordered, incident: Incident, now: float
) -> list[e.Event]:
    reopened = _reopened(world, c, o, incident, now)
    into = world.incidents.get(incident.merged_into)
    while into is not None and into.state is IncidentState.MERGED:
        into = world.incidents.get(into.merged_into)
    if into is None:
        return [reopened]
    came = (  # a source that had spoken of `into` before stays with it
        source
        for source, report in incident.reports.items()
        if source in into.reports and into.reports[source].first_at == report.first_at
    )
    parted = e.IncidentSplit(
        at=now,
        cause=_cause(c),
        reason=Reason.BY_OFFICER,
        incident=into.id,
        new=incident.id,
        sources=tuple(came),
        by=o.by,
    )
    return [reopened, parted]


def _end(
    world: World, c: m.Command, o: Ordered, now: float, incident: Incident, state: str, outcome: str
) -> e.IncidentEnded:
    return e.IncidentEnded(
        at=now,
        cause=_cause(c),
        reason=Reason.BY_OFFICER,
        incident=incident.id,
        state=state,
        by=o.by,
        outcome=outcome,
    )


def _call_back(
    world: World, c: m.Command, o: Ordered, now: float, incident: Incident
) -> list[e.Event]:
    """Every unit still on it is told that it is over."""
    return [
        event
        for order in incident.orders
        if (assignment := world.assignments[order]).status in LIVE
        for event in withdraw(world, assignment, now, _cause(c), Reason.INCIDENT_ENDED, by=o.by)
    ]


def _resolve(world: World, c: m.Resolve, o: Ordered, now: float) -> list[e.Event]:
    incident = _running(world, c.incident)
    outcome = " ".join(part for part in (c.outcome, c.said) if part)
    back = _call_back(world, c, o, now, incident)
    return [_end(world, c, o, now, incident, "resolved", outcome), *back]


def _close(world: World, c: m.Close, o: Ordered, now: float) -> list[e.Event]:
    """Only by a person, and only what is resolved. An outcome that nobody states stays unstated."""
    incident = _incident(world, c.incident)
    if incident.state in RUNNING:
        raise Refused(Refusal.NOT_ENDED, what=incident.state)
    if incident.state is not IncidentState.RESOLVED:
        raise Refused(Refusal.ENDED, by=incident.changed_by, what=incident.state)
    return [_end(world, c, o, now, incident, "closed", c.said)]


def _false_alarm(world: World, c: m.FalseAlarm, o: Ordered, now: float) -> list[e.Event]:
    incident = _incident(world, c.incident)
    if incident.state not in RUNNING and incident.state is not IncidentState.RESOLVED:
        raise Refused(Refusal.ENDED, by=incident.changed_by, what=incident.state)
    back = _call_back(world, c, o, now, incident)
    return [_end(world, c, o, now, incident, "false_alarm", c.said), *back]


def _reopen(world: World, c: m.Reopen, o: Ordered, now: float) -> list[e.Event]:
    incident = _incident(world, c.incident)
    if incident.state in RUNNING:
        raise Refused(Refusal.NOT_ENDED, what=incident.state)
    if incident.state is IncidentState.MERGED:
        return _unmerge(world, c, o, incident, now)
    return [_reopened(world, c, o, incident, now)]


def _reopened(
    world: World, c: m.Command, o: Ordered, incident: Incident, now: float
) -> e.IncidentReopened:
    plan = world.plan_of(incident)
    return e.IncidentReopened(
        at=now,
        cause=_cause(c),
        reason=Reason.BY_OFFICER,
        incident=incident.id,
        by=o.by,
        ack_due=now + plan.ack_within_s,
        why=c.said,
        release_due=_countdown(plan, known_classes(incident), now),
        second_due=second_due(plan, incident.priority, now),
    )


def _report_alarm(world: World, c: m.ReportAlarm, o: Ordered, now: float) -> list[e.Event]:
    """The telephone: an alarm of a person, in the officer's words."""
    if c.place and c.place not in world.index.places:
        raise Refused(Refusal.UNKNOWN_PLACE, what=c.place)
    position = None
    if c.position is not None:
        position = Position(c.position.lon, c.position.lat, c.position.accuracy_m)
    alarm = Alarm(
        source=PHONE,
        received_at=now,
        message_id=c.id,
        digest=c.id,
        at_source=now,
        kind=AlarmKind(c.kind),
        severity=Severity(c.severity),
        position=position,
        place=c.place,
        text=c.text,
    )
    return decide_alarm(world, alarm, now, _cause(c))


def _shelve(world: World, c: m.Shelve, o: Ordered, now: float) -> list[e.Event]:
    key = f"{c.source}|{c.kind}"
    if c.kind in m.NEVER_SHELVED:
        raise Refused(Refusal.NOT_SHELVABLE, what=c.kind)
    if key not in world.shelf and len(world.shelf) >= SHELF_LIMIT:
        raise Refused(Refusal.SHELF_FULL)
    return [
        e.SourceShelved(
            at=now,
            cause=_cause(c),
            reason=Reason.BY_OFFICER,
            source=c.source,
            kind=c.kind,
            until=now + c.minutes * 60.0,
            by=o.by,
            why=c.said,
            usual=usual(world, c.source, c.kind),
        )
    ]


def _unshelve(world: World, c: m.Unshelve, o: Ordered, now: float) -> list[e.Event]:
    if f"{c.source}|{c.kind}" not in world.shelf:
        raise Refused(Refusal.NOT_SHELVABLE, what=c.source)
    return [
        e.SourceUnshelved(
            at=now,
            cause=_cause(c),
            reason=Reason.BY_OFFICER,
            source=c.source,
            kind=c.kind,
            by=o.by,
        )
    ]


def _duty(world: World, c: m.Duty, o: Ordered, now: float) -> list[e.Event]:
    if c.unit not in world.units:
        raise Refused(Refusal.UNKNOWN_UNIT, what=c.unit)
    if not c.on and c.until is not None and c.until <= now:
        raise Refused(Refusal.UNTIL_PASSED, what=c.unit)
    changed = e.UnitDutyChanged(
        at=now,
        cause=_cause(c),
        reason=Reason.BY_OFFICER,
        source=PHONE,
        unit=c.unit,
        on=c.on,
        by=o.by,
        why=c.said,
        until=None if c.on else c.until,
    )
    if world.exercise and not c.on:  # the live side takes it out of the drill: its order first
        back = [
            event
            for order in world.units[c.unit].orders
            for event in withdraw(
                world, world.assignments[order], now, _cause(c), Reason.BY_OFFICER, c.said, o.by
            )
        ]
        return [*back, changed]
    return [changed, *off_with_order(world, c.unit, now, _cause(c), on=c.on)]


_DO: dict[type[Any], Callable[[World, Any, Ordered, float], list[e.Event]]] = {
    m.Acknowledge: decide_acknowledge,
    m.Hold: decide_hold,
    m.Hazard: decide_hazard,
    m.Grade: decide_grade,
    m.Response: decide_response,
    m.Notice: decide_notice,
    m.Reply: decide_radio,
    m.Par: decide_par,
    m.Handover: decide_handover,
    m.Takeover: decide_takeover,
    m.Assign: _assign,
    m.Withdraw: _withdraw,
    m.Note: _note,
    m.Priority: _priority,
    m.Merge: _merge,
    m.Split: _split,
    m.Resolve: _resolve,
    m.Close: _close,
    m.Reopen: _reopen,
    m.FalseAlarm: _false_alarm,
    m.ReportAlarm: _report_alarm,
    m.Shelve: _shelve,
    m.Unshelve: _unshelve,
    m.Duty: _duty,
    m.StopPlay: decide_stop_play,
    m.Move: decide_move,
}
