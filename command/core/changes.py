"""What the evolutions of several slices share. Changes the world; called by them alone. Pure."""

from __future__ import annotations

from command.core import events as e
from command.core.tables import RUNNING
from command.core.world import Incident, World

# The deadlines of an incident that end with it.
OF_A_RUNNING_INCIDENT = ("ack", "ackend", "second", "release", "ladder")


def count(world: World, ident: str) -> None:
    """A counter never falls behind an id that is in the log; ids end in their number."""
    prefix, _, number = ident.rpartition("-")
    letter = prefix.split("-", 1)[0]
    if world.exercise:
        letter = "I" if letter == "X" else letter.removeprefix("X")
    world.counters[letter] = max(world.counters.get(letter, 0), int(number))


def touch(world: World, incident_id: str, event: e.Event, by: str = "post") -> Incident:
    """The incident, in its next version: a command that saw the one before is refused."""
    incident = world.incidents[incident_id]
    incident.rev += 1
    incident.changed = type(event).__name__
    incident.changed_by = by
    return incident


def unacknowledge(world: World, incident: Incident, at: float) -> None:
    """News that the officer has not seen ends the acknowledgement at once (CONSOLE.md 3)."""
    if incident.ack_by and incident.state in RUNNING:
        incident.ack_by, incident.ack_until = "", None
        world.due.pop(f"ackend:{incident.id}", None)
        world.due[f"ack:{incident.id}"] = at + world.plan_of(incident).ack_within_s


def disarm(world: World, incident: Incident) -> None:
    """It is over: no deadline of it is left to act."""
    for name in OF_A_RUNNING_INCIDENT:
        world.due.pop(f"{name}:{incident.id}", None)
