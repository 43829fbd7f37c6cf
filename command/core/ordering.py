"""What every order of the officer has: who gives it, why it may be refused, what it is about. Pure.

The verbs themselves stand in `commands.py` and in the slice of their concern.
"""

from __future__ import annotations

from dataclasses import dataclass

from command import messages as m
from command.core.reasons import Refusal
from command.core.tables import RUNNING
from command.core.township import Unit
from command.core.world import Incident, World


@dataclass(frozen=True, slots=True)
class Ordered:
    """A console command, who gave it, and in which role."""

    command: m.Command
    by: str
    role: str
    sealed: str = ""  # the file with the personal data that was taken out of it


class Refused(Exception):  # noqa: N818 - an answer, not a mistake
    """The command is not carried out. `by` and `what` say who changed what meanwhile."""

    def __init__(self, why: Refusal, *, by: str = "", what: str = "") -> None:
        super().__init__(why)
        self.why, self.by, self.what = why, by, what


def cause_of_command(command: m.Command) -> str:
    """What the events of a command name as their cause."""
    return f"command:{command.id}"


def known_incident(world: World, incident_id: str) -> Incident:
    """The incident, or `Refused`."""
    incident = world.incidents.get(incident_id)
    if incident is None:
        raise Refused(Refusal.UNKNOWN_INCIDENT, what=incident_id)
    return incident


def running_incident(world: World, incident_id: str) -> Incident:
    """The incident while it is not over, or `Refused`."""
    incident = known_incident(world, incident_id)
    if incident.state not in RUNNING:
        raise Refused(Refusal.ENDED, by=incident.changed_by, what=incident.state)
    return incident


def unit_on_duty(world: World, unit_id: str) -> Unit:
    """The unit, or `Refused`: one that is shown as off duty must not go (FIELD.md section 2.2)."""
    unit = world.index.units.get(unit_id)
    if unit is None:
        raise Refused(Refusal.UNKNOWN_UNIT, what=unit_id)
    if not world.units[unit_id].on_duty:
        raise Refused(Refusal.UNIT_OFF_DUTY, what=unit_id)
    return unit


def check_rev(incident: Incident, rev: int | None) -> None:
    """A command that names another version than the present one is refused with who changed it."""
    if rev is not None and rev != incident.rev:
        raise Refused(Refusal.STALE, by=incident.changed_by, what=incident.changed)
