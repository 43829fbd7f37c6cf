"""Putting the automatic release off: once with a reason, once more by an open dialog. Pure.

A person who fell asleep in a dialog must not stop the engine (CONSOLE.md section 3), so each is
possible once for an opening of the incident. After the release nothing of this acts any more.
Who gives a reason has seen it: that is an acknowledgement too, as an order to a team is.
"""

from __future__ import annotations

from command import messages as m
from command.core import events as e
from command.core.attention import acknowledged_by
from command.core.changes import touch
from command.core.ordering import Ordered, Refused, cause_of_command, running_incident
from command.core.reasons import Reason, Refusal
from command.core.world import Held, Incident, World

DIALOG_S = 30.0  # what an open dispatch dialog adds


def decide_hold(world: World, c: m.Hold, o: Ordered, now: float) -> list[e.Event]:
    """The countdown ends later; never earlier than it would have."""
    incident = running_incident(world, c.incident)
    due = _counting(world, incident)
    if c.dialog and incident.extended:
        raise Refused(Refusal.ALREADY_HELD, what=incident.id)
    if not c.dialog and incident.held is not None:
        raise Refused(Refusal.ALREADY_HELD, by=incident.held.by, what=incident.id)
    if not c.dialog and not c.said:
        raise Refused(Refusal.WHY_MISSING)
    until = due + DIALOG_S if c.dialog else max(due, now + (c.seconds or 0))
    held = e.ReleaseHeld(
        at=now,
        cause=cause_of_command(c),
        reason=Reason.BY_OFFICER,
        incident=incident.id,
        until=until,
        by=o.by,
        why=c.said,
        dialog=c.dialog,
    )
    if c.dialog or incident.ack_by:
        return [held]
    return [held, acknowledged_by(world, incident, o.by, now, cause_of_command(c))]


def _counting(world: World, incident: Incident) -> float:
    """When the team would go by itself, or `Refused`."""
    if incident.released_at is not None:
        raise Refused(Refusal.ALREADY_RELEASED, by=incident.released_by, what=incident.id)
    due = world.due.get(f"release:{incident.id}")
    if due is None:
        raise Refused(Refusal.NOTHING_TO_HOLD, what=incident.id)
    return due


def release_held(world: World, event: e.ReleaseHeld) -> None:
    """A dialog changes no version: the one who has it open is about to order by the one seen."""
    incident = world.incidents[event.incident]
    if event.dialog:
        incident.extended = True
    else:
        touch(world, incident.id, event, event.by)
        incident.held = Held(event.by, event.why, event.until)
    if incident.held is not None:
        incident.held.until = event.until
    world.due[f"release:{incident.id}"] = event.until
