"""Who has an incident, for how long, and who is called when nobody does. Pure.

An acknowledgement is one named officer's "I have it". It lapses (CONSOLE.md section 3): a person
may fall asleep after it. Never acknowledged, all call the leader on duty at the end of the plan's
`ack_within_s`; the most urgent call the second line at half of it, and those next to them after
five minutes, for then they count as the most urgent, unless the leader is called before that.
"""

from __future__ import annotations

from command import messages as m
from command.core import events as e
from command.core.changes import touch, unacknowledge
from command.core.hazards import read_by
from command.core.notices import call_of
from command.core.ordering import Ordered, Refused, cause_of_command, running_incident
from command.core.plans import Family, Plan
from command.core.reasons import Reason, Refusal
from command.core.tables import COMMITTED, RUNNING, Status
from command.core.world import Incident, World

LEADER, SECOND = "leader", "second"
URGENT = 2  # and more urgent: does not wait until a new officer has had time to look
SECOND_AFTER_S = 300.0  # of urgency 2: by then it counts as 1
RENEWALS_WITHOUT_WORDS = 2  # lapses; after that the officer says what is going on
# Urgency -> seconds until it lapses: no team has accepted; a team is at work and nothing is new.
# The others last until the handover.
LASTS_S = {1: (120.0, 600.0), 2: (300.0, 1200.0), 3: (1800.0, 7200.0)}
LIFE_LASTS_S = (60.0, 300.0)  # somebody may be dying: a call for help, a crew without contact


def lasts_s(world: World, incident: Incident) -> float | None:
    """How long an acknowledgement given now lasts, seconds; None: until the handover.

    A case is no alarm, and has its ladder. What the card says itself is the upper bound.
    """
    plan = world.plan_of(incident)
    if incident.mayday or incident.alarm_kind == "sos":
        pair: tuple[float, float] | None = LIFE_LASTS_S
    else:
        pair = LASTS_S.get(incident.priority) if plan.family is not Family.CASE else None
    if pair is None:
        return plan.ack_lasts_s
    own = pair[1] if is_at_work(world, incident) else pair[0]
    return own if plan.ack_lasts_s is None else min(own, plan.ack_lasts_s)


def is_at_work(world: World, incident: Incident) -> bool:
    """A team has accepted it."""
    return any(world.assignments[order].status in COMMITTED for order in incident.orders)


def second_due(plan: Plan, priority: int, now: float) -> float | None:
    """When the second line is called about an incident that nobody has had since `now`."""
    if priority <= 1:
        return now + plan.ack_within_s / 2
    late = priority == URGENT and plan.ack_within_s > SECOND_AFTER_S
    return now + SECOND_AFTER_S if late else None


# --- orders


def decide_acknowledge(world: World, c: m.Acknowledge, o: Ordered, now: float) -> list[e.Event]:
    """Of an alert, or of an incident; after two lapses only with a text."""
    cause = cause_of_command(c)
    if c.alert:
        if c.alert not in world.alerts:
            raise Refused(Refusal.UNKNOWN_ALERT, what=c.alert)
        return [
            e.AlertAcknowledged(
                at=now, cause=cause, reason=Reason.BY_OFFICER, alert=c.alert, by=o.by
            )
        ]
    incident = running_incident(world, c.incident)
    if incident.lapses >= RENEWALS_WITHOUT_WORDS and not c.said:
        raise Refused(Refusal.WHY_MISSING)
    return [
        *read_by(world, incident, c.read, o.by, now, cause),
        acknowledged_by(world, incident, o.by, now, cause, c.said),
    ]


def acknowledged_by(
    world: World, incident: Incident, by: str, now: float, cause: str, why: str = ""
) -> e.IncidentAcknowledged:
    """`by` has it from now on."""
    lasts = lasts_s(world, incident)
    return e.IncidentAcknowledged(
        at=now,
        cause=cause,
        reason=Reason.BY_OFFICER,
        incident=incident.id,
        by=by,
        until=None if lasts is None else now + lasts,
        why=why,
    )


# --- deadlines


def fire_ack(world: World, ident: str, now: float, late: bool) -> list[e.Event]:
    """Nobody has it: the leader on duty is called."""
    reason = Reason.OFFICER_SILENT
    escalated = e.IncidentEscalated(
        at=now, cause="tick", reason=reason, late=late, incident=ident, to=LEADER
    )
    return [escalated, *_called(world, ident, LEADER, reason, now, late)]


def fire_second(world: World, ident: str, now: float, late: bool) -> list[e.Event]:
    """Nobody has it yet: the second line is called, before the leader is."""
    return _second_called(world, ident, Reason.OFFICER_SILENT, now, late)


def _second_called(
    world: World, ident: str, reason: Reason, now: float, late: bool
) -> list[e.Event]:
    called = e.SecondLineCalled(at=now, cause="tick", reason=reason, late=late, incident=ident)
    return [called, *_called(world, ident, SECOND, reason, now, late)]


def _called(
    world: World, ident: str, to: str, reason: Reason, now: float, late: bool
) -> list[e.Event]:
    """The officer's consoles are told who is called, and so is whoever it is."""
    ids = world.ids()
    alert = e.OfficerAlerted(
        at=now,
        cause="tick",
        reason=reason,
        late=late,
        alert=ids.next("A"),
        incident=ident,
        text=to,
    )
    return [alert, *call_of(world, to, ident, reason, now, ids, late=late)]


def fire_ackend(world: World, ident: str, now: float, late: bool) -> list[e.Event]:
    """It lapses, and is asked for again. The second time the most urgent calls the second line."""
    incident = world.incidents[ident]
    lapsed = e.AcknowledgementLapsed(
        at=now,
        cause="tick",
        reason=Reason.ACKNOWLEDGEMENT_EXPIRED,
        late=late,
        incident=ident,
        by=incident.ack_by,
        ack_due=now + world.plan_of(incident).ack_within_s,
    )
    if incident.priority > 1 or incident.lapses + 1 != RENEWALS_WITHOUT_WORDS:
        return [lapsed]
    again = _second_called(world, ident, Reason.ACKNOWLEDGEMENT_EXPIRED, now, late)
    return [lapsed, *again]


# --- what they change


def acknowledged(world: World, event: e.IncidentAcknowledged) -> None:
    """Nobody is called while it lasts."""
    incident = touch(world, event.incident, event, event.by)
    incident.ack_by, incident.escalated_to, incident.second_called = event.by, "", False
    world.due.pop(f"ack:{incident.id}", None)
    world.due.pop(f"second:{incident.id}", None)
    _lasts_until(world, incident, event.until)


def _lasts_until(world: World, incident: Incident, until: float | None) -> None:
    incident.ack_until = until
    if until is None:
        world.due.pop(f"ackend:{incident.id}", None)
    else:
        world.due[f"ackend:{incident.id}"] = until


def lapsed(world: World, event: e.AcknowledgementLapsed) -> None:
    """Nobody has it any more; the leader is called at `ack_due`."""
    incident = touch(world, event.incident, event)
    incident.ack_by = ""
    incident.lapses += 1
    _lasts_until(world, incident, None)
    world.due[f"ack:{incident.id}"] = event.ack_due


def second_called(world: World, event: e.SecondLineCalled) -> None:
    """Once; the leader is still to be called if nobody answers."""
    touch(world, event.incident, event).second_called = True
    world.due.pop(f"second:{event.incident}", None)


def escalated(world: World, event: e.IncidentEscalated) -> None:
    """After the leader there is nobody else to call."""
    touch(world, event.incident, event).escalated_to = event.to
    world.due.pop(f"second:{event.incident}", None)
    world.due.pop(f"ack:{event.incident}", None)


def priority_changed(world: World, event: e.PriorityChanged) -> None:
    """Higher urgency ends another's acknowledgement; who raised it himself has it on new terms."""
    incident = touch(world, event.incident, event, event.by)
    raised, incident.priority = event.priority < incident.priority, event.priority
    if raised and incident.ack_by and event.by == incident.ack_by:
        lasts = lasts_s(world, incident)
        _lasts_until(world, incident, None if lasts is None else event.at + lasts)
    elif raised:
        unacknowledge(world, incident, event.at)
    if raised and incident.released_at is not None:
        index = world.index
        if incident.id in index.starving or incident.id in index.holding:
            index.wanting[incident.id] = None  # a unit may be called over to it now
    _second_line(world, incident, event.at)


def _second_line(world: World, incident: Incident, at: float) -> None:
    """As late as its urgency of now wants, while nobody has it and nobody was called."""
    plan, waiting = world.plan_of(incident), world.due.get(f"ack:{incident.id}")
    world.due.pop(f"second:{incident.id}", None)
    if waiting is None or incident.second_called or incident.escalated_to:
        return
    due = second_due(plan, incident.priority, waiting - plan.ack_within_s)
    if due is not None:
        world.due[f"second:{incident.id}"] = max(at, due)


def work_went_on(world: World, incident: Incident, status: Status, at: float) -> None:
    """A team's step is news that the acknowledgement lives on; a team lost makes it short again."""
    until, lasts = incident.ack_until, lasts_s(world, incident)
    if not incident.ack_by or incident.state not in RUNNING or until is None or lasts is None:
        return
    if status in COMMITTED:
        _lasts_until(world, incident, max(until, at + lasts))
    elif not is_at_work(world, incident):
        _lasts_until(world, incident, min(until, at + lasts))
