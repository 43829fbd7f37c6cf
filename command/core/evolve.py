"""The only thing that changes the world: one function per event; reads world and event. Pure.

No decision is made here: an event that is in the log has happened, and replays the same for ever.
What belongs to one concern stands in its slice. One file although it is long: a table of small
functions, in the order of events.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from command.core import (
    accountability,
    attention,
    choice,
    grades,
    hazards,
    notices,
    play,
    presence,
    release,
    shelving,
    shift,
    standby,
)
from command.core import events as e
from command.core.changes import count as _count
from command.core.changes import disarm
from command.core.changes import touch as _touch
from command.core.changes import unacknowledge as _unacknowledge
from command.core.needs import known_to_lack, open_needs
from command.core.reasons import Reason
from command.core.tables import (
    LIVE,
    RUNNING,
    TRUSTED_CLOCKS,
    IncidentState,
    Status,
    move_assignment,
    move_incident,
)
from command.core.township import from_document
from command.core.world import (
    Alert,
    Assignment,
    Episode,
    Hold,
    Incident,
    Kept,
    Note,
    Outgoing,
    Report,
    Shelf,
    SourceState,
    Taken,
    UnitState,
    World,
    episodes_of,
)

REMEMBER_S = 30 * 86400.0  # ids of messages (DESIGN.md section 2)
COMMAND_S = 86400.0  # ids of console commands
ARCHIVE_S = 86400.0  # closed incidents stay a day
NOTES_KEPT = 200
BODIES_KEPT = 50  # of one id: a device that gives every message the same id must not fill memory
QUARANTINE_KEPT = 50  # for the screen; all of them are in the log
RETRY_S = 60.0  # a deadline that our code failed on


def evolve(world: World, event: e.Event) -> None:
    """Apply one event. Raises on an illegal move and on an event of a kind unknown here."""
    _APPLY[type(event)](world, event)
    world.at = max(world.at, event.at)


# --- the post itself


def _township_loaded(world: World, event: e.TownshipLoaded) -> None:
    township = from_document(event.document)
    before = world.township
    for kind in dict.fromkeys(incident.plan for incident in world.incidents.values()):
        # A run card that was taken out of the files stays for what was opened by it.
        if before is not None and kind not in township.plans.plans:
            township.plans.plans[kind] = before.plans.plans[kind]
    world.township, world.digest = township, event.digest
    world.index.load(township)
    for unit in township.units:
        world.units.setdefault(unit.id, UnitState(on_duty=unit.on_duty))
    for gone in world.units.keys() - world.index.units.keys():
        if not world.units[gone].orders:
            del world.units[gone]
            world.due.pop(f"duty:{gone}", None)
    world.index.wanting |= world.index.starving  # there may be somebody now


def _post_started(world: World, event: e.PostStarted) -> None:
    world.epoch = event.epoch
    for name in world.due:
        # What could not be heard was not silent: everybody has the full time again.
        if name.startswith("silent:"):
            world.due[name] = event.at + _silent_after_s(world, name.removeprefix("silent:"))
    asked = [name for name in world.due if name.startswith("par:")]
    accountability.heard_again(world, asked, event.at)


def _era_began(world: World, event: e.EraBegan) -> None:
    world.era = event.era
    world.counters = {}


def _quarantined(world: World, event: e.MessageQuarantined) -> None:
    world.rejected += 1
    _count(world, event.quarantine)
    world.quarantine[event.quarantine] = Kept(
        event.at, event.source, event.topic, event.why, event.detail
    )
    while len(world.quarantine) > QUARANTINE_KEPT:
        del world.quarantine[next(iter(world.quarantine))]
    if event.cause == "tick" and event.topic in world.due:
        world.due[event.topic] = event.at + RETRY_S  # or it would fail at every tick, for ever
    if event.message_id:
        _remember(
            world, event.source, event.message_id, Taken(event.digest, event.at, "rejected", "")
        )


# --- what the field said


def _remember(world: World, source: str, message_id: str, taken: Taken) -> None:
    key = f"{source}/{message_id}"
    known = [old for old in world.taken.pop(key, ()) if old.at >= taken.at - REMEMBER_S]
    world.taken[key] = [*known[1 - BODIES_KEPT :], taken]
    while world.taken:  # insertion order is the order of time: forget from the front
        oldest = next(iter(world.taken))
        if world.taken[oldest][-1].at >= taken.at - REMEMBER_S:
            break
        del world.taken[oldest]


def _heard(world: World, event: e.Heard, incident: str = "") -> None:
    if event.reason is Reason.RETAINED:
        return  # of unknown age: no sign of life, and the same may yet come as news
    if event.message_id:
        taken = Taken(event.digest, event.at, event.outcome, incident)
        _remember(world, event.source, event.message_id, taken)
    _sign_of_life(world, event.source, event.at)


def _sign_of_life(world: World, source: str, at: float) -> None:
    unit = world.units.get(source)
    if unit is not None:
        unit.last_at, unit.silent = at, False
    elif source not in world.index.classes:
        return  # strangers leave no state behind
    else:
        state = world.sources.setdefault(source, SourceState(at, since=at))
        if not state.online:
            state.since = at
        state.last_at, state.online = at, True
    world.due[f"silent:{source}"] = at + _silent_after_s(world, source)


def _silent_after_s(world: World, source: str) -> float:
    assert world.township is not None
    limits = world.township.limits
    return limits.unit_silent_s if source in world.units else limits.source_silent_s


def _alarm_received(world: World, event: e.AlarmReceived) -> None:
    _heard(world, event, event.incident)
    if event.source in world.sources:
        world.sources[event.source].alarms += 1
    if event.reason == Reason.SHELVED:
        shelving.heard(world, event)
    if event.incident not in world.incidents:
        return
    if event.episode:
        world.episodes[event.episode] = Episode(event.incident, event.at)
    incident = world.incidents[event.incident]
    incident.news_at = event.at
    if event.source not in incident.reports:  # a repeat is no change that a command could miss
        _touch(world, event.incident, event, event.source)
        _unacknowledge(world, incident, event.at)
    _report(incident, event)


def _report(incident: Incident, event: e.AlarmReceived) -> None:
    report = incident.reports.get(event.source)
    if report is None:
        report = Report(event.source_class, event.kind, event.at, event.at, times=0)
        incident.reports[event.source] = report
    report.times += 1
    report.last_at, report.kind, report.severity = event.at, event.kind, event.severity
    report.confidence, report.position = event.confidence, event.position
    report.place, report.text, report.cleared_at = event.place, event.text, None


def _alarm_cleared(world: World, event: e.AlarmCleared) -> None:
    _heard(world, event, event.incident)
    for episode in episodes_of(world, event.episode) if event.episode else ():
        episode.armed = True
    incident = world.incidents.get(event.incident)
    if incident is not None and event.source in incident.reports:
        incident.reports[event.source].cleared_at = event.at


def _device_tested(world: World, event: e.DeviceTested) -> None:
    _heard(world, event)


def _reply_received(world: World, event: e.ReplyReceived) -> None:
    _heard(world, event, event.incident)
    assignment = world.assignments.get(event.order_id)
    if event.by:  # spoken: as good a sign of life as any
        _sign_of_life(world, event.unit, event.at)
    if assignment is None or assignment.unit != event.unit or event.at_source is None:
        return
    if event.clock_quality in TRUSTED_CLOCKS:
        assignment.replied_at = max(assignment.replied_at or 0.0, event.at_source)


def _request_received(world: World, event: e.RequestReceived) -> None:
    _heard(world, event, event.incident)
    if event.incident in world.incidents:
        _unacknowledge(world, _touch(world, event.incident, event, event.unit), event.at)


def _duty_changed(world: World, event: e.UnitDutyChanged) -> None:
    _heard(world, event)
    unit = world.units[event.unit]
    unit.on_duty, unit.why_off = event.on, "" if event.on else event.why
    unit.off_until = None if event.on else event.until
    if unit.off_until is None:
        world.due.pop(f"duty:{event.unit}", None)
    else:
        world.due[f"duty:{event.unit}"] = unit.off_until
    if event.on:
        _somebody_free(world, event.unit)


def _source_heard(world: World, event: e.SourceHeard) -> None:
    _sign_of_life(world, event.source, event.at)
    state = world.sources.get(event.source)
    if state is not None:
        if state.ok != event.ok:
            state.since = event.at
        state.ok, state.text, state.battery = event.ok, event.text, event.battery


def _source_silent(world: World, event: e.SourceSilent) -> None:
    world.due.pop(f"silent:{event.source}", None)
    if event.source in world.units:
        world.units[event.source].silent = True
    elif event.source in world.sources:
        state = world.sources[event.source]
        state.online, state.since = False, event.at


def _unit_located(world: World, event: e.UnitLocated) -> None:
    _sign_of_life(world, event.unit, event.at)
    unit = world.units[event.unit]
    unit.position, unit.located_at = event.position, event.at


def _somebody_free(world: World, unit_id: str) -> None:
    """A unit can be offered something again: who has nobody for its roles is looked at again."""
    unit, state = world.index.units.get(unit_id), world.units[unit_id]
    if unit is None or not state.on_duty or (state.orders and not unit.shared):
        return
    roles = world.index.unit_roles[unit_id]
    for incident_id in (*world.index.starving, *world.index.holding):
        incident = world.incidents[incident_id]
        waits = [hold.role for hold in incident.holds]
        lacking = (*incident.nobody_for, *incident.nobody_wanted, *waits)
        if any(world.responsible_role(incident, role) in roles for role in lacking):
            world.index.wanting[incident_id] = None


def _somebody_comes(world: World, incident: Incident) -> None:
    """What is covered now is no longer among what nobody is left for."""
    lacking = {(need.role, need.must) for need, _ in open_needs(world, incident)}
    incident.nobody_for = [r for r in incident.nobody_for if (r, True) in lacking]
    incident.nobody_wanted = [r for r in incident.nobody_wanted if (r, False) in lacking]
    if not (incident.nobody_for or incident.nobody_wanted):
        world.index.starving.pop(incident.id, None)


# --- incidents


def _incident_opened(world: World, event: e.IncidentOpened) -> None:
    _count(world, event.incident)
    incident = Incident(
        event.incident,
        event.plan,
        event.alarm_kind,
        event.priority,
        list(event.triage),
        event.at,
        event.at,
        place=event.place,
        position=event.position,
        text=event.text,
    )
    world.incidents[event.incident] = incident
    plan = world.plan_of(incident)
    incident.needs = list(plan.needs)
    world.index.put(incident.id, incident.plan, incident.place, incident.position)
    world.due[f"ack:{incident.id}"] = event.ack_due
    if event.release_due is not None:
        world.due[f"release:{incident.id}"] = event.release_due
    if event.second_due is not None:
        world.due[f"second:{incident.id}"] = event.second_due
    if plan.ladder:
        world.due[f"ladder:{incident.id}"] = event.at + plan.ladder[0].limit_s


def _incident_released(world: World, event: e.IncidentReleased) -> None:
    incident = _touch(world, event.incident, event, event.by)
    incident.released_by, incident.released_at = event.by, event.at
    world.due.pop(f"release:{incident.id}", None)
    world.index.wanting[incident.id] = None


def _noted(world: World, event: e.IncidentNoted) -> None:
    notes = _touch(world, event.incident, event, event.by).notes
    notes.append(Note(event.at, event.by, event.text))
    del notes[:-NOTES_KEPT]  # older ones stay in the log


def _merged(world: World, event: e.IncidentMerged) -> None:
    gone = _touch(world, event.incident, event, event.by)
    into = _touch(world, event.into, event, event.by)
    for source, report in gone.reports.items():
        into.reports.setdefault(source, replace(report))
    for episode in world.episodes.values():
        if episode.incident == gone.id:
            episode.incident = into.id
    into.news_at = event.at
    hazards.joined(world, gone, into)
    grades.joined(gone, into)
    into.mayday = list(dict.fromkeys((*into.mayday, *gone.mayday)))
    _end(world, gone, IncidentState.MERGED, event.at)
    gone.merged_into = event.into


def _split(world: World, event: e.IncidentSplit) -> None:
    left = _touch(world, event.incident, event, event.by)
    new = _touch(world, event.new, event, event.by)
    for source in event.sources:
        report = left.reports.pop(source, None)
        if report is not None:
            new.reports[source] = report
    for key, episode in world.episodes.items():
        if episode.incident == left.id and key.split("|", 1)[0] in event.sources:
            episode.incident = new.id


def _ended(world: World, event: e.IncidentEnded) -> None:
    incident = _touch(world, event.incident, event, event.by)
    _end(world, incident, IncidentState(event.state), event.at)
    incident.outcome = event.outcome or incident.outcome


def _end(world: World, incident: Incident, state: IncidentState, at: float) -> None:
    incident.state = move_incident(incident.state, state)
    incident.ended_at = at
    world.index.drop(incident.id, incident.plan, incident.place, incident.position)
    disarm(world, incident)
    incident.nobody_for.clear()
    incident.nobody_wanted.clear()
    incident.mayday.clear()
    incident.holds.clear()
    world.due.pop(f"hold:{incident.id}", None)
    if state is not IncidentState.RESOLVED:
        world.due[f"archive:{incident.id}"] = at + ARCHIVE_S


def _reopened(world: World, event: e.IncidentReopened) -> None:
    """Open as on its first day: no old timer, no old outcome, and no team that is already home."""
    incident = _touch(world, event.incident, event, event.by)
    incident.state = move_incident(incident.state, IncidentState.OPEN)
    incident.ended_at, incident.merged_into, incident.escalated_to = None, "", ""
    incident.second_called = False
    incident.news_at, incident.ack_by, incident.ack_until = event.at, "", None
    incident.released_at, incident.released_by, incident.outcome = None, "", ""
    incident.reopened_at = event.at
    incident.held, incident.extended, incident.lapses = None, False, 0
    incident.hazards_read.clear()
    incident.left_out.clear()
    world.index.put(incident.id, incident.plan, incident.place, incident.position)
    world.due.pop(f"archive:{incident.id}", None)
    world.due[f"ack:{incident.id}"] = event.ack_due
    if event.release_due is not None:
        world.due[f"release:{incident.id}"] = event.release_due
    if event.second_due is not None:
        world.due[f"second:{incident.id}"] = event.second_due
    incident.overdue_since = None
    ladder = world.plan_of(incident).ladder
    if ladder:
        limit_s = ladder[min(incident.level, len(ladder) - 1)].limit_s
        world.due[f"ladder:{incident.id}"] = event.at + limit_s


def _climbed(world: World, event: e.CaseClimbed) -> None:
    incident = _touch(world, event.incident, event)
    if event.level == incident.level and incident.overdue_since is None:
        incident.overdue_since = event.at  # there is no higher rung: the officer is asked daily
    incident.level = event.level
    incident.nobody_for.clear()
    incident.nobody_wanted.clear()
    incident.holds.clear()
    _watch_holds(world, incident)
    world.index.starving.pop(incident.id, None)
    if event.due is None:
        world.due.pop(f"ladder:{incident.id}", None)
    else:
        world.due[f"ladder:{incident.id}"] = event.due
    if incident.released_at is not None:
        world.index.wanting[incident.id] = None


def _archived(world: World, event: e.IncidentArchived) -> None:
    incident = world.incidents.pop(event.incident)
    world.due.pop(f"archive:{event.incident}", None)
    for order_id in incident.orders:
        world.assignments.pop(order_id, None)
        world.outbox.pop(order_id, None)
        world.due.pop(f"outbox:{order_id}", None)
    for alert in event.alerts:
        world.alerts.pop(alert, None)
    for key in [k for k, v in world.episodes.items() if v.incident == event.incident]:
        del world.episodes[key]


# --- orders


def _offered(world: World, event: e.UnitOffered) -> None:
    _count(world, event.order_id)
    world.assignments[event.order_id] = Assignment(
        event.order_id,
        event.incident,
        event.unit,
        event.role,
        event.people,
        Status.OFFERED,
        0,
        event.at,
        event.expires_at,
        event.eta_s,
        event.at,
        list(event.why),
        reason=event.reason,
        by=event.by,
    )
    incident = _touch(world, event.incident, event, event.by)
    incident.orders.append(event.order_id)
    if incident.nobody_for or incident.nobody_wanted:
        _somebody_comes(world, incident)
    world.units[event.unit].orders.append(event.order_id)
    _at_work(world, world.units[event.unit], event.at)
    world.due[f"offer:{event.order_id}"] = event.expires_at
    if incident.state is IncidentState.OPEN:
        incident.state = move_incident(incident.state, IncidentState.ASSIGNED)


def _assignment_changed(world: World, event: e.AssignmentChanged) -> None:
    assignment = world.assignments[event.order_id]
    before = assignment.status
    assignment.status = move_assignment(before, Status(event.status))
    assignment.changed_at, assignment.reason = event.at, event.reason
    assignment.text = event.text or assignment.text
    assignment.told_by = "" if event.by in {"unit", "post"} else event.by
    world.due.pop(f"offer:{event.order_id}", None)
    unit = world.units.get(assignment.unit)  # None: gone from the files since
    if unit is not None and assignment.status in LIVE and event.order_id not in unit.orders:
        unit.orders.append(event.order_id)
        _at_work(world, unit, event.at)
    elif unit is not None and assignment.status not in LIVE and event.order_id in unit.orders:
        unit.orders.remove(event.order_id)
        _off_work(unit, event.at)
        _somebody_free(world, assignment.unit)
    by = assignment.unit if event.by == "unit" else event.by
    incident = _touch(world, assignment.incident, event, by)
    _follow(world, incident, assignment.status, event.at)
    accountability.step_taken(world, assignment, event.at)
    attention.work_went_on(world, incident, assignment.status, event.at)


def _at_work(world: World, unit: UnitState, at: float) -> None:
    """Its work begins with the first order, from nothing when it has rested."""
    assert world.township is not None
    if unit.work_from is None:
        unit.work_from = at
        if at - unit.rest_from >= world.township.limits.rest_s:
            unit.worked_s = 0.0


def _off_work(unit: UnitState, at: float) -> None:
    """And ends with the last."""
    if unit.work_from is not None and not unit.orders:
        unit.worked_s += max(0.0, at - unit.work_from)
        unit.work_from, unit.rest_from = None, at


def _follow(world: World, incident: Incident, status: Status, at: float) -> None:
    """What one assignment's step means for its incident."""
    if incident.state not in RUNNING:
        return
    if status in {Status.EN_ROUTE, Status.ON_SCENE} and incident.state is not IncidentState.WORKING:
        incident.state = move_incident(incident.state, IncidentState.WORKING)
    if status in {Status.DECLINED, Status.EXPIRED, Status.WITHDRAWN}:
        if incident.released_at is not None:
            world.index.wanting[incident.id] = None
    else:
        incident.news_at = max(incident.news_at, at)


def _assignment_moved(world: World, event: e.AssignmentMoved) -> None:
    assignment = world.assignments[event.order_id]
    world.incidents[assignment.incident].orders.remove(event.order_id)
    assignment.incident = event.incident
    incident = _touch(world, event.incident, event)
    incident.orders.append(event.order_id)
    _somebody_comes(world, incident)
    if incident.state is IncidentState.OPEN:
        incident.state = move_incident(incident.state, IncidentState.ASSIGNED)
    _follow(world, incident, assignment.status, incident.news_at)


def _order_queued(world: World, event: e.OrderQueued) -> None:
    assignment = world.assignments[event.order_id]
    assignment.rev = event.rev
    world.outbox[event.order_id] = Outgoing(
        event.unit, event.rev, event.state, event.message, event.until, event.at
    )
    if event.until is None:
        world.due.pop(f"outbox:{event.order_id}", None)
    else:
        world.due[f"outbox:{event.order_id}"] = event.until


def _order_settled(world: World, event: e.OrderSettled) -> None:
    assignment = world.assignments[event.order_id]
    if event.reason is Reason.RECEIVED_BY_UNIT:
        assignment.received_rev = max(assignment.received_rev, event.rev)
    waiting = world.outbox.get(event.order_id)
    if waiting is not None and waiting.rev <= event.rev:
        del world.outbox[event.order_id]
        world.due.pop(f"outbox:{event.order_id}", None)


def _nobody_left(world: World, event: e.NobodyLeft) -> None:
    incident = _touch(world, event.incident, event)
    lacking = incident.nobody_for if event.must else incident.nobody_wanted
    if event.role not in lacking:
        lacking.append(event.role)
    world.index.starving[incident.id] = None
    if event.must:
        _unacknowledge(world, incident, event.at)


def _need_held(world: World, event: e.NeedHeld) -> None:
    incident = _touch(world, event.incident, event)
    hold = Hold(event.role, event.must, event.missing, event.unit, event.free_at, event.eta_s)
    incident.holds = [*_other_holds(incident, event.role, event.must), hold]
    _watch_holds(world, incident)


def _hold_ended(world: World, event: e.HoldEnded) -> None:
    incident = _touch(world, event.incident, event)
    incident.holds = _other_holds(incident, event.role, event.must)
    _watch_holds(world, incident)
    if event.reason is Reason.OVERDUE:  # the forecast was wrong: it is looked at again
        world.index.wanting[incident.id] = None


def _other_holds(incident: Incident, role: str, must: bool) -> list[Hold]:
    return [hold for hold in incident.holds if (hold.role, hold.must) != (role, must)]


def _watch_holds(world: World, incident: Incident) -> None:
    """The first forecast to run out is a deadline."""
    if incident.holds:
        world.index.holding[incident.id] = None
        world.due[f"hold:{incident.id}"] = min(hold.free_at for hold in incident.holds)
    else:
        world.index.holding.pop(incident.id, None)
        world.due.pop(f"hold:{incident.id}", None)


# --- the officer


def _alerted(world: World, event: e.OfficerAlerted) -> None:
    _count(world, event.alert)
    world.alerts[event.alert] = Alert(
        event.at,
        event.reason,
        event.incident,
        event.unit,
        event.source,
        event.order_id,
        event.text,
    )


def _alert_acknowledged(world: World, event: e.AlertAcknowledged) -> None:
    world.alerts.pop(event.alert, None)


def _shelved(world: World, event: e.SourceShelved) -> None:
    key = f"{event.source}|{event.kind}"
    world.shelf[key] = Shelf(event.until, event.at, event.usual)
    world.due[f"shelf:{key}"] = event.until


def _unshelved(world: World, event: e.SourceUnshelved) -> None:
    key = f"{event.source}|{event.kind}"
    world.shelf.pop(key, None)
    world.due.pop(f"shelf:{key}", None)


def _command_done(world: World, event: e.CommandDone) -> None:
    world.commands[f"{event.by}/{event.command}"] = event.at
    while world.commands:
        oldest = next(iter(world.commands))
        if world.commands[oldest] >= event.at - COMMAND_S:
            break
        del world.commands[oldest]


def _nothing(world: World, event: e.Event) -> None:
    """Facts that a person reads in the log, and that change nothing."""


_APPLY: dict[type[e.Event], Callable[[World, Any], None]] = {
    e.TownshipLoaded: _township_loaded,
    e.PostStarted: _post_started,
    e.EraBegan: _era_began,
    e.ClockStepped: _nothing,
    e.MessageQuarantined: _quarantined,
    e.AlarmReceived: _alarm_received,
    e.AlarmCleared: _alarm_cleared,
    e.DeviceTested: _device_tested,
    e.ReplyReceived: _reply_received,
    e.RequestReceived: _request_received,
    e.UnitDutyChanged: _duty_changed,
    e.SourceHeard: _source_heard,
    e.SourceSilent: _source_silent,
    e.UnitLocated: _unit_located,
    e.IncidentOpened: _incident_opened,
    e.PriorityChanged: attention.priority_changed,
    e.IncidentReleased: _incident_released,
    e.ReleaseHeld: release.release_held,
    e.UnitsLeftOut: choice.units_left_out,
    e.HazardsRead: hazards.hazards_read,
    e.HazardAdded: hazards.hazard_added,
    e.IncidentAcknowledged: attention.acknowledged,
    e.AcknowledgementLapsed: attention.lapsed,
    e.AcknowledgementEnded: presence.acknowledgement_ended,
    e.SecondLineCalled: attention.second_called,
    e.IncidentEscalated: attention.escalated,
    e.IncidentNoted: _noted,
    e.GradeSet: grades.grade_set,
    e.IncidentMerged: _merged,
    e.IncidentSplit: _split,
    e.IncidentEnded: _ended,
    e.IncidentReopened: _reopened,
    e.CaseClimbed: _climbed,
    e.IncidentArchived: _archived,
    e.UnitOffered: _offered,
    e.AssignmentChanged: _assignment_changed,
    e.AssignmentMoved: _assignment_moved,
    e.OrderQueued: _order_queued,
    e.OrderSettled: _order_settled,
    e.AccountabilityDue: accountability.asked,
    e.AccountabilityAnswered: accountability.answered,
    e.UnitMayday: accountability.mayday,
    e.NobodyLeft: _nobody_left,
    e.NeedHeld: _need_held,
    e.HoldEnded: _hold_ended,
    e.OfficerAlerted: _alerted,
    e.AlertAcknowledged: _alert_acknowledged,
    e.SourceShelved: _shelved,
    e.SourceUnshelved: _unshelved,
    e.NoticeIssued: notices.issued,
    e.NoticeSent: notices.sent,
    e.PlayStopped: play.stopped,
    e.StandbyOrdered: standby.ordered,
    e.StandbyReached: standby.reached,
    e.ResponseSet: grades.response_set,
    e.HandoverSigned: shift.handover_signed,
    e.ShiftChanged: shift.shift_changed,
    e.CommandDone: _command_done,
}


def rebuild_index(world: World) -> None:
    """Derive the look-ups again after a world was loaded."""
    if world.township is None:
        return
    world.index.load(world.township)
    for incident in world.incidents.values():
        if incident.state in RUNNING:
            world.index.put(incident.id, incident.plan, incident.place, incident.position)
            if incident.released_at is not None and not known_to_lack(world, incident):
                world.index.wanting[incident.id] = None
            if incident.nobody_for or incident.nobody_wanted:
                world.index.starving[incident.id] = None
            if incident.holds:
                world.index.holding[incident.id] = None
