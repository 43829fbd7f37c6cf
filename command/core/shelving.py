"""When a shelf breaks by itself: what it was given for is no longer all that is said. Pure.

A shelf is given to a source that says nothing new. An alarm of it that is more severe than all the
officer had seen of it, or that another source near by confirms, takes it back, and is treated as if
there had been no shelf (CONSOLE.md section 3).
"""

from __future__ import annotations

from command.core import events as e
from command.core.reasons import Reason
from command.core.world import Incident, World
from sensors.observations import Alarm, Severity

CONFIRMED_S = 600.0  # another source said the same so lately
# A device that says nothing of severity is taken at the middle.
_RANK = {"minor": 1, "unknown": 2, "moderate": 2, "severe": 3, "extreme": 4}


def broken(
    world: World, alarm: Alarm, joins: Incident | None, now: float, cause: str
) -> list[e.Event]:
    """The shelf's end, before the alarm itself; nothing while the shelf holds.

    `joins`: the incident that the alarm would belong to.
    """
    reason = _why(world, alarm, joins, now)
    if reason is None:
        return []
    return [
        e.SourceUnshelved(
            at=now, cause=cause, reason=reason, source=alarm.source, kind=alarm.kind.value
        )
    ]


def _why(world: World, alarm: Alarm, joins: Incident | None, now: float) -> Reason | None:
    if joins is not None and _confirmed(alarm, joins, now):
        return Reason.SHELF_CONFIRMED
    known = _seen(world, alarm)
    if known is not None and _RANK[alarm.severity] > _RANK[known]:
        return Reason.SHELF_WORSE
    return None


def _confirmed(alarm: Alarm, incident: Incident, now: float) -> bool:
    """Another source has said the same of this incident, and not long ago."""
    return any(
        source != alarm.source
        and report.kind == alarm.kind.value
        and now - report.last_at <= CONFIRMED_S
        for source, report in incident.reports.items()
    )


def _seen(world: World, alarm: Alarm) -> Severity | None:
    """The severity of what this source last said of this kind in an incident; None: nothing."""
    for incident in reversed(world.incidents.values()):
        report = incident.reports.get(alarm.source)
        if report is not None and report.kind == alarm.kind.value:
            return Severity(report.severity)
    return None
