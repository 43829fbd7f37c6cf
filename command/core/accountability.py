"""Are the crews on scene still there? Asked for every 20 minutes, a minute to answer. Pure.

Numbers: FIELD.md section 1. The second miss is a mayday: the incident becomes the most urgent, and
stays before the officer until somebody has spoken with the crew. What a device sends by itself
(that an order arrived, or an answer typed before the question) says nothing about the people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from command import messages as m
from command.core import events as e
from command.core.changes import touch, unacknowledge
from command.core.ordering import Ordered, Refused, cause_of_command, running_incident
from command.core.plans import Family
from command.core.reasons import Reason, Refusal
from command.core.tables import Status
from command.core.triage import HIGHEST
from command.core.world import Assignment, Incident, World

EVERY_S = 1200.0
ANSWER_S = 60.0
MAYDAY = 2  # misses
QUESTIONS = frozenset({Reason.PAR_DUE, Reason.PAR_MISSED})  # a mayday's alert is read by a person


def next_question(world: World, assignment: Assignment, now: float) -> float | None:
    """When the crew is asked next; None for one that is not on the scene of an emergency."""
    family = world.plan_of(world.incidents[assignment.incident]).family
    on_scene = assignment.status is Status.ON_SCENE
    return now + EVERY_S if on_scene and family is Family.EMERGENCY else None


# --- deadlines


def fire_par(world: World, order_id: str, now: float, late: bool) -> list[e.Event]:
    """Asked for; missed once and asked for again at once; missed twice."""
    assignment = world.assignments[order_id]
    missed = 0 if assignment.par_asked_at is None else assignment.par_missed + 1
    if missed >= MAYDAY:
        return _mayday(world, assignment, now, late)
    reason = Reason.PAR_MISSED if missed else Reason.PAR_DUE
    asked = e.AccountabilityDue(
        at=now,
        cause="tick",
        reason=reason,
        late=late,
        order_id=order_id,
        incident=assignment.incident,
        unit=assignment.unit,
        answer_by=now + ANSWER_S,
        missed=missed,
    )
    return [asked, _alert(world, assignment, reason, now, late)]


def _mayday(world: World, assignment: Assignment, now: float, late: bool) -> list[e.Event]:
    mayday = e.UnitMayday(
        at=now,
        cause="tick",
        reason=Reason.MAYDAY,
        late=late,
        order_id=assignment.order_id,
        incident=assignment.incident,
        unit=assignment.unit,
    )
    alert = _alert(world, assignment, Reason.MAYDAY, now, late)
    if world.incidents[assignment.incident].priority == HIGHEST:
        return [mayday, alert]
    raised = e.PriorityChanged(
        at=now,
        cause="tick",
        reason=Reason.MAYDAY,
        late=late,
        incident=assignment.incident,
        priority=HIGHEST,
    )
    return [mayday, raised, alert]


def _alert(
    world: World, assignment: Assignment, reason: Reason, now: float, late: bool
) -> e.OfficerAlerted:
    return e.OfficerAlerted(
        at=now,
        cause="tick",
        reason=reason,
        late=late,
        alert=world.ids().next("A"),
        incident=assignment.incident,
        unit=assignment.unit,
        order_id=assignment.order_id,
    )


# --- answers


def answers(
    world: World, unit: str, order_id: str, now: float, cause: str, said_at: float | None
) -> Iterator[e.Event]:
    """A word of the unit, about `order_id` or another: whatever it was asked for is answered."""
    live = world.units[unit].orders if unit in world.units else []
    for order in dict.fromkeys((order_id, *live)):
        assignment = world.assignments.get(order)
        if assignment is not None and assignment.unit == unit and _waits(world, assignment):
            asked = assignment.par_asked_at
            if said_at is None or asked is None or said_at >= asked:
                yield _answered(world, assignment, now, cause, Reason.UNIT_ANSWERED, "unit")


def _waits(world: World, assignment: Assignment) -> bool:
    mayday = world.incidents[assignment.incident].mayday
    return assignment.par_asked_at is not None or assignment.unit in mayday


def _answered(
    world: World, assignment: Assignment, now: float, cause: str, reason: Reason, by: str
) -> e.Event:
    return e.AccountabilityAnswered(
        at=now,
        cause=cause,
        reason=reason,
        order_id=assignment.order_id,
        incident=assignment.incident,
        unit=assignment.unit,
        by=by,
        due=next_question(world, assignment, now),
        alerts=tuple(
            ident
            for ident, alert in world.alerts.items()
            if alert.order_id == assignment.order_id and alert.reason in QUESTIONS
        ),
    )


def decide_par(world: World, c: m.Par, o: Ordered, now: float) -> list[e.Event]:
    """The officer has spoken with the crews: the named ones, or all that are there."""
    incident = running_incident(world, c.incident)
    there = _there(world, incident)
    missing = [unit for unit in c.units if unit not in there]
    if missing or not there:
        raise Refused(Refusal.NOT_ON_SCENE, what=" ".join(missing) or incident.id)
    cause = cause_of_command(c)
    return [
        _answered(world, assignment, now, cause, Reason.BY_OFFICER, o.by)
        for unit, assignment in there.items()
        if not c.units or unit in c.units
    ]


def _there(world: World, incident: Incident) -> dict[str, Assignment]:
    """Who is on scene, or was when contact was lost: the newest order of each."""
    mine = (world.assignments[order] for order in incident.orders)
    return {
        assignment.unit: assignment
        for assignment in mine
        if assignment.status is Status.ON_SCENE or assignment.unit in incident.mayday
    }


# --- what they change


def step_taken(world: World, assignment: Assignment, at: float) -> None:
    """On scene the clock starts; with any other step it stops. A mayday stays until an answer."""
    _ask_at(world, assignment, next_question(world, assignment, at))
    assignment.par_missed, assignment.par_asked_at = 0, None


def _ask_at(world: World, assignment: Assignment, due: float | None) -> None:
    assignment.par_at = due
    if due is None:
        world.due.pop(f"par:{assignment.order_id}", None)
    else:
        world.due[f"par:{assignment.order_id}"] = due


def asked(world: World, event: e.AccountabilityDue) -> None:
    """A miss is news that the officer has not seen."""
    assignment = world.assignments[event.order_id]
    assignment.par_missed, assignment.par_asked_at = event.missed, event.at
    _ask_at(world, assignment, event.answer_by)
    if event.missed:
        unacknowledge(world, touch(world, event.incident, event), event.at)


def mayday(world: World, event: e.UnitMayday) -> None:
    """Nothing more is asked by itself: people are looking for them."""
    assignment = world.assignments[event.order_id]
    assignment.par_missed = MAYDAY
    _ask_at(world, assignment, None)
    incident = touch(world, event.incident, event)
    if event.unit not in incident.mayday:
        incident.mayday.append(event.unit)
    unacknowledge(world, incident, event.at)


def answered(world: World, event: e.AccountabilityAnswered) -> None:
    """They are there: the clock starts again."""
    assignment = world.assignments[event.order_id]
    assignment.par_missed, assignment.par_asked_at = 0, None
    _ask_at(world, assignment, event.due)
    for alert in event.alerts:
        world.alerts.pop(alert, None)
    incident = world.incidents[event.incident]
    if event.unit in incident.mayday:
        touch(world, incident.id, event, event.by)
        incident.mayday.remove(event.unit)


def heard_again(world: World, names: Iterable[str], at: float) -> None:
    """After a start: what could not be heard was not silent; who was asked has the full minute."""
    for name in names:
        assignment = world.assignments[name.removeprefix("par:")]
        if assignment.par_asked_at is not None:
            _ask_at(world, assignment, max(world.due[name], at + ANSWER_S))
