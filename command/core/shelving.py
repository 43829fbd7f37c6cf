"""When a shelf breaks by itself: what it was given for is no longer all that is said. Pure.

A shelf is given to a source that says nothing new. An alarm of it that is more severe than all the
officer had seen of it, that another source near by confirms, or that comes three times as often as
before, takes it back, and is treated as if there had been no shelf (CONSOLE.md section 3). How
often it speaks must be known for that: from ten minutes of its last incident, else the first ten on
the shelf tell. A camera in fog is shelved after one alarm, and would otherwise be back after five.
"""

from __future__ import annotations

from command.core import events as e
from command.core.reasons import Reason
from command.core.world import Incident, Report, World
from sensors.observations import Alarm, Severity

CONFIRMED_S = 600.0  # another source said the same so lately
WINDOW_S = 600.0  # in which alarms are counted,
MOST = 1000  # and so many at most: nobody fills the memory
USUAL_LEAST = 2  # a source that spoke once may speak again: that is no tripled rate
TIMES = 3
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
    known = _last(world, alarm.source, alarm.kind.value)
    if known is not None and _RANK[alarm.severity] > _RANK[Severity(known.severity)]:
        return Reason.SHELF_WORSE
    shelf = world.shelf[f"{alarm.source}|{alarm.kind}"]
    lately = sum(now - at < WINDOW_S for at in shelf.heard) + 1
    faster = shelf.usual and lately >= TIMES * shelf.usual
    return Reason.SHELF_FASTER if faster else None


def usual(world: World, source: str, kind: str) -> int:
    """How many alarms of it came in ten minutes of its last incident; 0: it was not so long."""
    report = _last(world, source, kind)
    spread_s = 0.0 if report is None else report.last_at - report.first_at
    if report is None or spread_s < WINDOW_S:
        return 0
    return max(USUAL_LEAST, round(report.times * WINDOW_S / spread_s))


def heard(world: World, event: e.AlarmReceived) -> None:
    """One more that nobody was troubled with."""
    shelf = world.shelf.get(f"{event.source}|{event.kind}")
    if shelf is None:
        return
    if not shelf.usual and event.at - shelf.since >= WINDOW_S:
        shelf.usual = max(USUAL_LEAST, len(shelf.heard))
    shelf.heard = [at for at in shelf.heard if event.at - at < WINDOW_S][1 - MOST :]
    shelf.heard.append(event.at)


def _confirmed(alarm: Alarm, incident: Incident, now: float) -> bool:
    """Another source has said the same of this incident, and not long ago."""
    return any(
        source != alarm.source
        and report.kind == alarm.kind.value
        and now - report.last_at <= CONFIRMED_S
        for source, report in incident.reports.items()
    )


def _last(world: World, source: str, kind: str) -> Report | None:
    """What this source last said of this kind in an incident; None: nothing."""
    for incident in reversed(world.incidents.values()):
        report = incident.reports.get(source)
        if report is not None and report.kind == kind:
            return report
    return None
