"""Whom the officer leaves out of an incident, and why: not asked again by the post itself. Pure.

Nobody else decides who goes against the officer's word; named again by an officer, it goes.
"""

from __future__ import annotations

from command.core import events as e
from command.core.changes import touch
from command.core.ordering import Refused
from command.core.reasons import Reason, Refusal
from command.core.world import Incident, World


def leave_out(
    world: World,
    incident: Incident,
    units: tuple[str, ...],
    by: str,
    why: str,
    now: float,
    cause: str,
) -> list[e.Event]:
    """Units that the officer took out of the recommended team; nothing where none is new.

    Raises Refused for one that nobody knows.
    """
    strangers = [unit for unit in units if unit not in world.units]
    if strangers:
        raise Refused(Refusal.UNKNOWN_UNIT, what=strangers[0])
    new = tuple(dict.fromkeys(unit for unit in units if unit not in incident.left_out))
    if not new:
        return []
    return [
        e.UnitsLeftOut(
            at=now,
            cause=cause,
            reason=Reason.BY_OFFICER,
            incident=incident.id,
            units=new,
            by=by,
            why=why,
        )
    ]


def units_left_out(world: World, event: e.UnitsLeftOut) -> None:
    """From now on they are no candidates for this incident."""
    incident = touch(world, event.incident, event, event.by)
    incident.left_out |= dict.fromkeys(event.units, event.why)
