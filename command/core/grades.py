"""How grave an incident is, and how the township responds: two fields of their own. Pure.

Neither is the urgency of the officer's queue, nor a warning's colour (DESIGN.md section 5). A grade
is proposed by whoever is there; the response is the leader's word.
"""

from __future__ import annotations

from command import messages as m
from command.core import events as e
from command.core.changes import touch
from command.core.ordering import Ordered, Refused, cause_of_command, known_incident
from command.core.reasons import Reason, Refusal
from command.core.world import Incident, Response, World

LEADER = "leader"  # the role of a console, as credentials give it


def decide_grade(world: World, c: m.Grade, o: Ordered, now: float) -> list[e.Event]:
    """1 is the gravest. Also of one that is over: figures are often known only then."""
    return [
        e.GradeSet(
            at=now,
            cause=cause_of_command(c),
            reason=Reason.BY_OFFICER,
            incident=known_incident(world, c.incident).id,
            grade=c.grade,
            by=o.by,
            why=c.said,
        )
    ]


def decide_response(world: World, c: m.Response, o: Ordered, now: float) -> list[e.Event]:
    """Started, changed or ended (0) by the leader on duty, with a reason."""
    if o.role != LEADER:
        raise Refused(Refusal.NEEDS_LEADER)
    if not c.said:
        raise Refused(Refusal.WHY_MISSING)
    return [
        e.ResponseSet(
            at=now,
            cause=cause_of_command(c),
            reason=Reason.BY_OFFICER,
            level=c.level,
            by=o.by,
            why=c.said,
        )
    ]


def grade_set(world: World, event: e.GradeSet) -> None:
    """The newest stands; those before are in the log."""
    incident = touch(world, event.incident, event, event.by)
    incident.grade, incident.grade_by = event.grade, event.by


def joined(gone: Incident, into: Incident) -> None:
    """Of two that are one the graver grade stands."""
    if gone.grade and (not into.grade or gone.grade < into.grade):
        into.grade, into.grade_by = gone.grade, gone.grade_by


def response_set(world: World, event: e.ResponseSet) -> None:
    """Of the township as a whole."""
    world.response = Response(event.level, event.by, event.at, event.why)
